using System.Text.Json;

namespace NodeMesh.Kubernetes.Models;

/// <summary>Name, labels and versions of an object.</summary>
public sealed record V1ObjectMeta : KubernetesModel
{
    /// <summary>The name, unique among its kind in the namespace.</summary>
    public string? Name { get; set; }

    /// <summary>A prefix to which the server adds a unique end.</summary>
    public string? GenerateName { get; set; }

    /// <summary>The namespace; null for kinds of the whole cluster.</summary>
    public string? Namespace { get; set; }

    /// <summary>Unique for ever.</summary>
    public string? Uid { get; set; }

    /// <summary>Changes with each write; opaque.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>Counts changes of the spec.</summary>
    public long? Generation { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreationTimestamp { get; set; }

    /// <summary>Set once it is being deleted.</summary>
    public DateTimeOffset? DeletionTimestamp { get; set; }

    /// <summary>Labels.</summary>
    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>Annotations.</summary>
    public Dictionary<string, string>? Annotations { get; set; }

    /// <summary>Who must let go before it is removed.</summary>
    public List<string>? Finalizers { get; set; }

    /// <summary>The objects that it belongs to.</summary>
    public List<V1OwnerReference>? OwnerReferences { get; set; }

    /// <summary>Who wrote which fields; large, and of use to few: informers drop it.</summary>
    public JsonElement? ManagedFields { get; set; }
}
