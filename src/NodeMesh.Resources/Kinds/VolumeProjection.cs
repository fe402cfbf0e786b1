using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>One source of a projected volume.</summary>
[WithoutEffect("serviceAccountToken", "is not served by nodemesh local")]
[WithoutEffect("clusterTrustBundle", "is not served by nodemesh local")]
[WithoutEffect("podCertificate", "is not served by nodemesh local")]
public sealed record VolumeProjection
{
    /// <summary>Files from a ConfigMap.</summary>
    public ConfigMapVolumeSource? ConfigMap { get; init; }

    /// <summary>Files from a Secret.</summary>
    public SecretVolumeSource? Secret { get; init; }

    /// <summary>Files from fields of the pod.</summary>
    public DownwardApiVolumeSource? DownwardAPI { get; init; }
}
