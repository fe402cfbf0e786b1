namespace NodeMesh.Kubernetes;

/// <summary>How to write.</summary>
public sealed record WriteOptions
{
    /// <summary>The name under which the fields are owned; the client's own when missing.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Checks, and changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Server-side apply: takes fields from other owners.</summary>
    public bool Force { get; init; }

    /// <summary><c>Strict</c> refuses unknown fields (Kubernetes 1.25; older servers take no notice).</summary>
    public string? FieldValidation { get; init; }
}
