namespace NodeMesh.Resources.Kinds;

/// <summary>One alternative of sources.</summary>
public sealed record AuthorizationFrom
{
    /// <summary>The source; its fields are ANDed.</summary>
    public AuthorizationSource? Source { get; init; }
}
