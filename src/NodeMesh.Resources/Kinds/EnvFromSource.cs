namespace NodeMesh.Resources.Kinds;

/// <summary>Variables from a whole ConfigMap or Secret.</summary>
public sealed record EnvFromSource
{
    /// <summary>Goes before each name.</summary>
    public string? Prefix { get; init; }

    /// <summary>The ConfigMap.</summary>
    public ObjectReference? ConfigMapRef { get; init; }

    /// <summary>The Secret.</summary>
    public ObjectReference? SecretRef { get; init; }
}
