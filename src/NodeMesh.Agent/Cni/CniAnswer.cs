using System.Buffers;
using System.Text;
using System.Text.Json;

namespace NodeMesh.Agent.Cni;

/// <summary>What the plugin prints.</summary>
/// <param name="IsSuccess">Whether it ends with exit code 0.</param>
/// <param name="Text">What it prints; nothing for commands without a result.</param>
internal sealed record CniAnswer(bool IsSuccess, string Text)
{
    /// <summary>Done, and nothing to say.</summary>
    public static CniAnswer Done { get; } = new(true, string.Empty);

    /// <summary>An error.</summary>
    /// <param name="version">The configuration's version.</param>
    /// <param name="error">The error.</param>
    public static CniAnswer Error(string version, CniException error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion", version);
            json.WriteNumber("code", (int)error.Code);
            json.WriteString("msg", error.Message);
            json.WriteString("details", string.Empty);
            json.WriteEndObject();
        }

        return new CniAnswer(false, Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n");
    }
}
