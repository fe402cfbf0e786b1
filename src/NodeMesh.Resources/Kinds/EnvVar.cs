namespace NodeMesh.Resources.Kinds;

/// <summary>A variable.</summary>
public sealed record EnvVar
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its value; $(NAME) is replaced by earlier variables.</summary>
    public string? Value { get; init; }

    /// <summary>Where the value comes from.</summary>
    public EnvVarSource? ValueFrom { get; init; }
}
