using System.Text.Json;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>Some fields of JSON objects, by path; a list on the way stands for each of its items.</summary>
internal sealed class FieldMask
{
    private readonly Dictionary<string, FieldMask> _fields = new(StringComparer.Ordinal);

    /// <summary>Makes a mask.</summary>
    /// <param name="paths">Paths such as <c>spec.containers.ports</c>; what is below a path is kept whole.</param>
    public FieldMask(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            var at = this;
            foreach (var field in path.Split('.'))
            {
                if (!at._fields.TryGetValue(field, out var next))
                {
                    at._fields[field] = next = new FieldMask();
                }

                at = next;
            }
        }
    }

    /// <summary>Whether a field of the object itself is kept, at least in part.</summary>
    /// <param name="field">The field.</param>
    public bool Keeps(string field) => _fields.ContainsKey(field);

    /// <summary>The part of a field of the object itself that is kept.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">Its value.</param>
    /// <returns>A value of its own, which holds nothing of the given one.</returns>
    public JsonElement Take(string field, JsonElement value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            _fields[field].Write(value, writer);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private void Write(JsonElement value, Utf8JsonWriter writer)
    {
        if (_fields.Count == 0)
        {
            value.WriteTo(writer);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray())
            {
                Write(item, writer);
            }

            writer.WriteEndArray();
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var property in value.EnumerateObject())
            {
                if (_fields.TryGetValue(property.Name, out var below))
                {
                    writer.WritePropertyName(property.Name);
                    below.Write(property.Value, writer);
                }
            }

            writer.WriteEndObject();
        }
        else
        {
            value.WriteTo(writer);
        }
    }
}
