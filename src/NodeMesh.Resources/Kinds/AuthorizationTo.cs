namespace NodeMesh.Resources.Kinds;

/// <summary>One alternative of operations.</summary>
public sealed record AuthorizationTo
{
    /// <summary>The operation; its fields are ANDed.</summary>
    public AuthorizationOperation? Operation { get; init; }
}
