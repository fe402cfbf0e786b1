namespace NodeMesh.Resources.Kinds;

/// <summary>An external authoriser.</summary>
public sealed record AuthorizationProvider
{
    /// <summary>Its name in the mesh configuration.</summary>
    public string? Name { get; init; }
}
