using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeMesh.Kubernetes.Http;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Watching;

/// <summary>Reads one line of a watch.</summary>
internal static class WatchEventReader
{
    /// <exception cref="KubernetesException">The line is the server's error.</exception>
    public static WatchEvent<T> Read<T>(ApiRequest request, in ReadOnlySequence<byte> line, JsonTypeInfo<T> typeInfo)
        where T : class, IKubernetesObject
    {
        try
        {
            return Parse(request, line, typeInfo);
        }
        catch (JsonException e)
        {
            throw new KubernetesConnectionException($"the watch {request.Path} sent what is no event: {e.Message}", e);
        }
    }

    private static WatchEvent<T> Parse<T>(ApiRequest request, in ReadOnlySequence<byte> line, JsonTypeInfo<T> typeInfo)
        where T : class, IKubernetesObject
    {
        string? type = null;
        Utf8JsonReader value = default;
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
            {
                type = reader.GetString();
            }
            else if (isObject)
            {
                // A copy of the reader stays where the object begins: its type may be told after it.
                value = reader;
            }

            reader.Skip();
        }

        switch (type)
        {
            case "BOOKMARK":
                return new WatchEvent<T>(WatchEventType.Bookmark, null, JsonSerializer.Deserialize(ref value, KubernetesJsonContext.Default.KubernetesObject)?.Metadata.ResourceVersion);
            case "ERROR":
                throw ApiFailure.FromWatch(request, JsonSerializer.Deserialize(ref value, KubernetesJsonContext.Default.V1Status) ?? new V1Status());
            case "ADDED" or "MODIFIED" or "DELETED":
                var item = JsonSerializer.Deserialize(ref value, typeInfo) ?? throw new JsonException("the event has no object");
                return new WatchEvent<T>(type switch { "ADDED" => WatchEventType.Added, "MODIFIED" => WatchEventType.Modified, _ => WatchEventType.Deleted }, item, item.Metadata.ResourceVersion);
            default:
                throw new JsonException($"the event's type is {type ?? "missing"}");
        }
    }
}
