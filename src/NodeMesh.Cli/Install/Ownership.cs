using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Install;

/// <summary>Which objects of a cluster are ours.</summary>
internal static class Ownership
{
    /// <summary>The label of everything that is installed.</summary>
    public const string PartOf = "app.kubernetes.io/part-of";

    /// <summary>Who installed it.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>Our name in both.</summary>
    public const string Name = "nodemesh";

    /// <summary>Selects what is ours, whoever installed it.</summary>
    public const string Selector = $"{PartOf}={Name}";

    /// <summary>Whether an object is ours.</summary>
    /// <param name="metadata">Its metadata.</param>
    public static bool IsOurs(V1ObjectMeta metadata) => metadata.Labels is { } labels && labels.GetValueOrDefault(PartOf) == Name;
}
