using System.Text.Json;
using System.Text.Json.Serialization;

namespace NodeMesh.Kubernetes.Models;

/// <summary>
/// Anything that the API server sends. What a type here does not name is kept in <see cref="Fields"/> and written back, so that a read, a change and a
/// replace by an older program loses nothing that a newer server added.
/// </summary>
public abstract record KubernetesModel
{
    /// <summary>The fields that the type does not name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Fields { get; set; }
}
