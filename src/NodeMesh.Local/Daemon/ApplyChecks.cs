using NodeMesh.Local.Cluster;
using NodeMesh.Local.Pods;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Daemon;

/// <summary>What only the running mesh can check of documents: namespaces, commands of images, kinds that <c>up</c> makes itself.</summary>
internal static class ApplyChecks
{
    /// <summary>Checks.</summary>
    /// <param name="documents">What is to be applied.</param>
    /// <param name="existing">The namespaces that are there.</param>
    /// <param name="images">Commands of images.</param>
    /// <returns>One line for each thing that is wrong.</returns>
    public static IEnumerable<string> Check(IReadOnlyList<ManifestDocument> documents, IEnumerable<string> existing, ImageCommands images)
    {
        var namespaces = documents.Where(d => d.Resource is NamespaceResource).Select(d => d.Name).Concat(existing).ToHashSet();
        foreach (var document in documents)
        {
            if (document.Namespace.Length > 0 && !namespaces.Contains(document.Namespace))
            {
                yield return $"{document.Origin}: namespace {document.Namespace} is not there; apply a Namespace of that name, in the same manifests or before";
            }

            if (document.Resource is NodeResource)
            {
                yield return $"{document.Origin}: nodes are made by 'up --nodes N' and labelled by --node-label";
            }

            if (PodSpecOf(document.Resource)?.HostNetwork == true)
            {
                yield return $"{document.Origin}: hostNetwork is not served by nodemesh local: every pod has a network of its own";
            }

            foreach (var container in Containers(document.Resource).Where(c => c.Command.Length == 0 && images.Find(c.Image) is null))
            {
                yield return $"{document.Origin}: {LaunchBuilder.NoCommand(container)}";
            }
        }
    }

    /// <summary>The namespaces that are there from the start.</summary>
    public static string BuiltInNamespaces() =>
        string.Join("---\n", ClusterNames.BuiltInNamespaces.Select(n => $"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {n}\n  labels:\n    kubernetes.io/metadata.name: {n}\n"));

    private static IEnumerable<Container> Containers(Resource? resource) =>
        PodSpecOf(resource) is { } spec ? spec.InitContainers.Concat(spec.Containers) : [];

    private static PodSpec? PodSpecOf(Resource? resource) => resource switch
    {
        PodResource pod => pod.Spec,
        DeploymentResource deployment => deployment.Spec.Template.Spec,
        StatefulSetResource set => set.Spec.Template.Spec,
        DaemonSetResource set => set.Spec.Template.Spec,
        _ => null,
    };
}
