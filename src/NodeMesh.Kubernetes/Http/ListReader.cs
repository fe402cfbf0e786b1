using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Http;

/// <summary>Reads lists object by object, without a document in between.</summary>
internal static class ListReader
{
    public static KubernetesList<T> Read<T>(ReadOnlySpan<byte> json, KubernetesKind kind, JsonTypeInfo<T> typeInfo)
        where T : class, IKubernetesObject
    {
        try
        {
            return ReadList(json, kind, typeInfo);
        }
        catch (JsonException e)
        {
            throw new KubernetesConnectionException($"the API server answered with what is not a list of {kind.Plural}: {e.Message}", e);
        }
    }

    private static KubernetesList<T> ReadList<T>(ReadOnlySpan<byte> json, KubernetesKind kind, JsonTypeInfo<T> typeInfo)
        where T : class, IKubernetesObject
    {
        var reader = new Utf8JsonReader(json);
        var metadata = new V1ListMeta();
        var items = new List<T>();
        Require(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            var isItems = reader.ValueTextEquals("items"u8);
            Require(reader.Read());
            if (isMetadata)
            {
                metadata = JsonSerializer.Deserialize(ref reader, KubernetesJsonContext.Default.V1ListMeta) ?? metadata;
            }
            else if (isItems && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Named(JsonSerializer.Deserialize(ref reader, typeInfo), kind));
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return new KubernetesList<T>(metadata, items);
    }

    /// <summary>Objects in a list do not repeat their kind; taken out of it, they should say what they are.</summary>
    private static T Named<T>(T? value, KubernetesKind kind)
        where T : class, IKubernetesObject
    {
        Require(value is not null);
        value!.ApiVersion ??= kind.ApiVersion;
        value.Kind ??= kind.Kind;
        return value;
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new JsonException("the list ends early or has no objects");
        }
    }
}
