namespace NodeMesh.Kubernetes.Models;

/// <summary>What a pod shall be.</summary>
public sealed record V1PodSpec : KubernetesModel
{
    /// <summary>The node that it is bound to.</summary>
    public string? NodeName { get; set; }

    /// <summary>Its service account.</summary>
    public string? ServiceAccountName { get; set; }

    /// <summary>It uses its node's network.</summary>
    public bool? HostNetwork { get; set; }

    /// <summary>Seconds that it is given to end.</summary>
    public long? TerminationGracePeriodSeconds { get; set; }

    /// <summary>Its containers.</summary>
    public List<V1Container>? Containers { get; set; }

    /// <summary>Containers that run before those.</summary>
    public List<V1Container>? InitContainers { get; set; }
}
