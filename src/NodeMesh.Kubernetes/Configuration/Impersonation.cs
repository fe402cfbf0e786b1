namespace NodeMesh.Kubernetes.Configuration;

/// <summary>Whom to act as; the caller needs the right to impersonate.</summary>
/// <param name="User">The user.</param>
public sealed record Impersonation(string User)
{
    /// <summary>
    /// The group. One: the base library writes several values of a header into one line, which the API server takes for the name of one group.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>The unique id.</summary>
    public string? Uid { get; init; }
}
