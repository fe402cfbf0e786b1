using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>Where a variable's value comes from; exactly one is set.</summary>
[WithoutEffect("resourceFieldRef", "is not served by nodemesh local")]
[WithoutEffect("fileKeyRef", "is not served by nodemesh local")]
public sealed record EnvVarSource
{
    /// <summary>A key of a ConfigMap.</summary>
    public KeySelector? ConfigMapKeyRef { get; init; }

    /// <summary>A key of a Secret.</summary>
    public KeySelector? SecretKeyRef { get; init; }

    /// <summary>A field of the pod.</summary>
    public FieldSelector? FieldRef { get; init; }
}
