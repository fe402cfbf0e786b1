namespace NodeMesh.Kubernetes.Models;

/// <summary>How the API server tells an outcome, above all a failure.</summary>
public sealed record V1Status : KubernetesModel
{
    /// <summary>Group and version.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Always <c>Status</c>.</summary>
    public string? Kind { get; set; }

    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    public string? Status { get; set; }

    /// <summary>For people.</summary>
    public string? Message { get; set; }

    /// <summary>For programs, such as <c>NotFound</c>.</summary>
    public string? Reason { get; set; }

    /// <summary>Which object, which fields.</summary>
    public V1StatusDetails? Details { get; set; }

    /// <summary>The HTTP status.</summary>
    public int? Code { get; set; }
}
