using NodeMesh.Local.Client;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Local;

/// <summary>Finds the pod that a command names: <c>POD</c>, <c>pod/POD</c>, <c>deploy/NAME</c> and the like, where the first ready pod is taken.</summary>
/// <param name="client">Talks to the daemon.</param>
internal sealed class PodFinder(LocalClient client)
{
    /// <summary>Finds it.</summary>
    /// <param name="target">What was written.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalApiException">There is no such pod.</exception>
    public async Task<ManifestMapping> FindAsync(string target, string ns, CancellationToken cancellationToken)
    {
        var (kind, name) = target.Split('/', 2) is [var word, var rest] ? (KindArgument.Find(word), rest) : (ResourceKinds.Pod, target);
        var pods = await client.GetAsync(ResourceKinds.Pod, ns, null, cancellationToken);
        var found = kind == ResourceKinds.Pod
            ? pods.Where(p => p.At("metadata").Name() == name)
            : kind == ResourceKinds.Service ? await OfServiceAsync(pods, ns, name, cancellationToken)
            : pods.Where(p => Owners(p).Any(o => o.Text("kind") == kind.Kind && o.Text("name") == name));
        return found.OrderByDescending(IsReady).FirstOrDefault()
            ?? throw new LocalApiException($"there is no pod {target} in namespace {ns}; see 'nodemesh local get pods -n {ns}'");
    }

    /// <summary>The container that a command means.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">What was written; null for the pod's first.</param>
    /// <exception cref="LocalApiException">There is no such container.</exception>
    public static string Container(ManifestMapping pod, string? container)
    {
        var init = (pod.At("spec", "initContainers") as ManifestSequence)?.Items ?? [];
        var names = ((pod.At("spec", "containers") as ManifestSequence)?.Items ?? []).Concat(init).Select(c => c.Name()).ToList();
        return container is null ? names[0]
            : names.Contains(container) ? container
            : throw new LocalApiException($"there is no container {container} in pod {pod.At("metadata").Name()}; there are {string.Join(", ", names)}");
    }

    private async Task<IEnumerable<ManifestMapping>> OfServiceAsync(IEnumerable<ManifestMapping> pods, string ns, string name, CancellationToken cancellationToken)
    {
        var service = (await client.GetAsync(ResourceKinds.Service, ns, name, cancellationToken)).FirstOrDefault();
        return service?.At("spec", "selector") is ManifestMapping { Entries.Length: > 0 } selector
            ? pods.Where(p => selector.Entries.All(e => (p.At("metadata", "labels") as ManifestMapping)?.Text(e.Key) == (e.Value as ManifestScalar)?.Text))
            : [];
    }

    private static IEnumerable<ManifestMapping> Owners(ManifestMapping pod) =>
        (pod.At("metadata", "ownerReferences") as ManifestSequence)?.Items.OfType<ManifestMapping>() ?? [];

    private static bool IsReady(ManifestMapping pod) =>
        (pod.At("status", "conditions") as ManifestSequence)?.Items.OfType<ManifestMapping>().Any(c => c.Text("type") == "Ready" && c.Text("status") == "True") == true;
}
