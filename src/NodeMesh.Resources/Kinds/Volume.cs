using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A volume; exactly one source is set.</summary>
[WithoutEffect("awsElasticBlockStore", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("azureDisk", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("azureFile", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("cephfs", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("cinder", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("csi", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("ephemeral", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("fc", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("flexVolume", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("flocker", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("gcePersistentDisk", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("gitRepo", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("glusterfs", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("image", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("iscsi", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("nfs", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("persistentVolumeClaim", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("photonPersistentDisk", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("portworxVolume", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("quobyte", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("rbd", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("scaleIO", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("storageos", "is a kind of volume that nodemesh local does not serve")]
[WithoutEffect("vsphereVolume", "is a kind of volume that nodemesh local does not serve")]
public sealed record Volume
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Files from a ConfigMap.</summary>
    public ConfigMapVolumeSource? ConfigMap { get; init; }

    /// <summary>Files from a Secret.</summary>
    public SecretVolumeSource? Secret { get; init; }

    /// <summary>A directory that lives as long as the pod.</summary>
    public EmptyDirVolumeSource? EmptyDir { get; init; }

    /// <summary>A path of the machine.</summary>
    public HostPathVolumeSource? HostPath { get; init; }

    /// <summary>Files from fields of the pod.</summary>
    public DownwardApiVolumeSource? DownwardAPI { get; init; }

    /// <summary>Several sources in one directory.</summary>
    public ProjectedVolumeSource? Projected { get; init; }
}
