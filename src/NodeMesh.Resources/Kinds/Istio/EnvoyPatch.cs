using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>How something is changed.</summary>
public sealed record EnvoyPatch
{
    /// <summary>The operation.</summary>
    [OneOf("INVALID", "MERGE", "MERGE_AND_REPLACE_LIST", "ADD", "REMOVE", "INSERT_BEFORE", "INSERT_AFTER", "INSERT_FIRST", "REPLACE")]
    public string? Operation { get; init; }

    /// <summary>The value.</summary>
    public ManifestNode? Value { get; init; }

    /// <summary>The place among the filters.</summary>
    [OneOf("UNSPECIFIED", "AUTHN", "AUTHZ", "STATS")]
    public string? FilterClass { get; init; }
}
