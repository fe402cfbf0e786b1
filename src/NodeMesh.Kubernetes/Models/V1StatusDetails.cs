namespace NodeMesh.Kubernetes.Models;

/// <summary>What a <see cref="V1Status"/> is about.</summary>
public sealed record V1StatusDetails : KubernetesModel
{
    /// <summary>The object's name.</summary>
    public string? Name { get; set; }

    /// <summary>Its group.</summary>
    public string? Group { get; set; }

    /// <summary>Its kind or resource.</summary>
    public string? Kind { get; set; }

    /// <summary>Its unique id.</summary>
    public string? Uid { get; set; }

    /// <summary>The single findings.</summary>
    public List<V1StatusCause>? Causes { get; set; }

    /// <summary>Seconds after which to try again.</summary>
    public int? RetryAfterSeconds { get; set; }
}
