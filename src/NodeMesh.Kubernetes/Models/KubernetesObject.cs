using System.Text.Json;

namespace NodeMesh.Kubernetes.Models;

/// <summary>An object of any kind: what is beside the metadata (<c>spec</c>, <c>status</c>, <c>data</c>) is in <see cref="KubernetesModel.Fields"/>.</summary>
public sealed record KubernetesObject : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>A field beside the metadata.</summary>
    /// <param name="field">Such as <c>spec</c>.</param>
    /// <returns>Its value; null where the object has none.</returns>
    public JsonElement? this[string field]
    {
        get => Fields is not null && Fields.TryGetValue(field, out var value) ? value : null;
        set
        {
            Fields ??= [];
            if (value is { } given)
            {
                Fields[field] = given;
            }
            else
            {
                Fields.Remove(field);
            }
        }
    }

    /// <summary>Reads an object from JSON.</summary>
    /// <param name="json">The text.</param>
    /// <returns>The object.</returns>
    /// <exception cref="JsonException">It is not an object of Kubernetes.</exception>
    public static KubernetesObject Parse(string json) =>
        JsonSerializer.Deserialize(json, KubernetesJsonContext.Default.KubernetesObject) ?? throw new JsonException("null is no object");

    /// <summary>Writes the object as JSON.</summary>
    /// <returns>The text.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, KubernetesJsonContext.Default.KubernetesObject);
}
