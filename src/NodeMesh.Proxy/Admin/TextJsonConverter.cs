using System.Text.Json;
using System.Text.Json.Serialization;

namespace NodeMesh.Proxy.Admin;

/// <summary>Writes a value as its text. The dump is written, never read back, by this program.</summary>
/// <typeparam name="T">The value's type.</typeparam>
internal sealed class TextJsonConverter<T> : JsonConverter<T>
    where T : notnull
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException($"{typeof(T).Name} is only written");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
