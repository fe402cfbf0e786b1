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
}
