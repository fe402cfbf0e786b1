namespace NodeMesh.Resources.Manifests;

/// <summary>How manifests are read.</summary>
public sealed record ManifestOptions
{
    /// <summary>The defaults.</summary>
    public static ManifestOptions Default { get; } = new();

    /// <summary>The namespace of namespaced resources that name none.</summary>
    public string DefaultNamespace { get; init; } = "default";

    /// <summary>True to keep what could be bound in spite of errors, for analysis. Nothing that is enforced may be read so.</summary>
    public bool KeepInvalid { get; init; }

    /// <summary>True to keep the fields that could be bound beside those that could not, unchecked, for the closed forms of broken policies alone: required fields may be missing.</summary>
    public bool KeepPartial { get; init; }

    /// <summary>The defaults with another namespace.</summary>
    /// <param name="ns">The namespace of namespaced resources that name none.</param>
    public static implicit operator ManifestOptions(string ns) => FromString(ns);

    /// <summary>The defaults with another namespace.</summary>
    /// <param name="ns">The namespace of namespaced resources that name none.</param>
    /// <returns>The options.</returns>
    public static ManifestOptions FromString(string ns) => Default with { DefaultNamespace = ns };
}
