using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A variable.</summary>
[Cel("(has(self.valueFrom) ? self.valueFrom : '') != 'HOST' || !has(self.value)", "value may only be set when valueFrom is INLINE")]
public sealed record WasmEnvVar
{
    /// <summary>Its name.</summary>
    [Length(1, 256)]
    public required string Name { get; init; }

    /// <summary>Where the value comes from.</summary>
    [OneOf("INLINE", "HOST")]
    public string? ValueFrom { get; init; }

    /// <summary>Its value.</summary>
    [Length(0, 2048)]
    public string? Value { get; init; }
}
