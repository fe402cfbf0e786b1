using NodeMesh.Local.Cluster;
using NodeMesh.Local.Daemon;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Pods;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Client;

/// <summary>What can be said of manifests before there is a mesh.</summary>
public static class ManifestChecks
{
    /// <summary>Checks.</summary>
    /// <param name="documents">What <c>up</c> is to apply.</param>
    /// <param name="settings">What is asked for.</param>
    /// <returns>One line for each thing that is wrong.</returns>
    public static IEnumerable<string> Check(IReadOnlyList<ManifestDocument> documents, MeshSettings settings) =>
        ApplyChecks.Check(documents, ClusterNames.BuiltInNamespaces, new ImageCommands(settings.Images));

    /// <summary>Says which documents nothing here acts on.</summary>
    /// <param name="documents">What is to be applied.</param>
    /// <returns>One line for each.</returns>
    public static IEnumerable<string> Ineffective(IReadOnlyList<ManifestDocument> documents) =>
        from document in documents
        where document.Kind.Kind is "Job" or "ReplicaSet"
        select $"{document.Origin}: nodemesh local runs no {document.Kind.Kind}: it has no effect; write a Pod, Deployment, StatefulSet or DaemonSet";
}
