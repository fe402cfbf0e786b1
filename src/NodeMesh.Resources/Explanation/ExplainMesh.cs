using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Explanation;

/// <summary>Resources with the model that the control plane makes of them.</summary>
internal sealed class ExplainMesh
{
    private static readonly ImmutableDictionary<string, string> None = ImmutableDictionary<string, string>.Empty;

    private readonly Dictionary<string, ManifestDocument> _namespaces;
    private readonly ImmutableArray<ManifestDocument> _pods;
    private readonly Dictionary<NamespacedName, ManifestDocument> _podsByName;

    /// <summary>Translates the resources.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="documents">All resources.</param>
    public ExplainMesh(MeshSettings settings, IReadOnlyCollection<ManifestDocument> documents)
    {
        var mesh = MeshTranslator.Translate(settings, documents).Mesh;
        Model = MeshModel.Empty.Apply(new ModelChange
        {
            Workloads = [.. mesh.Workloads.Values],
            Services = [.. mesh.Services.Values],
            Policies = [.. mesh.Policies.Values],
            Nodes = [.. mesh.Nodes.Values],
            Routes = [.. mesh.Routes.Values],
        });
        Judge = new PolicyJudge(settings, documents);
        _namespaces = documents.Where(d => d.Kind == ResourceKinds.Namespace).ToDictionary(d => d.Name);
        _pods = [.. documents.Where(d => d.Resource is PodResource).OrderBy(d => d.Name, StringComparer.Ordinal)];
        _podsByName = _pods.ToDictionary(d => d.Key);
    }

    /// <summary>The model.</summary>
    public MeshModel Model { get; }

    /// <summary>Asks the policies.</summary>
    public PolicyJudge Judge { get; }

    /// <summary>The pod of a workload.</summary>
    /// <param name="workload">The workload.</param>
    /// <returns>The pod; null for a workload that is none.</returns>
    public ManifestDocument? PodOf(Workload workload) =>
        _podsByName.TryGetValue(new NamespacedName(workload.Namespace, workload.Name), out var pod) && Model.FindWorkload(workload.Uid) is not null && workload.Uid.Contains("//Pod/", StringComparison.Ordinal)
            ? pod
            : null;

    /// <summary>The workload of a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>The workload; null for a pod without one.</returns>
    public Workload? WorkloadOf(ManifestDocument pod) =>
        PodTranslator.Addresses((PodResource)pod.Resource!) is [var address, ..] ? Model.FindPod(pod.Key, address) ?? Model.Workloads.FirstOrDefault(w => w.Namespace == pod.Namespace && w.Name == pod.Name) : null;

    /// <summary>Says whether the mesh serves a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>True when it does.</returns>
    public bool IsInMesh(ManifestDocument pod) => ((PodResource)pod.Resource!).Spec.HostNetwork != true && JoinsMesh(pod.Namespace, pod.Labels);

    /// <summary>Says whether a pod of some labels would join the mesh; namespaces that are not declared count as in the mesh.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="labels">The labels.</param>
    /// <returns>True when it would.</returns>
    public bool JoinsMesh(string ns, ImmutableDictionary<string, string> labels) =>
        Labels.JoinsMesh(_namespaces.TryGetValue(ns, out var found) ? found.Labels : None.Add(Labels.DataplaneMode, "ambient"), labels);

    /// <summary>Finds the pod that a client is described by.</summary>
    /// <param name="source">The client.</param>
    /// <returns>The pod; null when there is none.</returns>
    public ManifestDocument? FindClient(ExplainSource source)
    {
        if (source.Address is { } address && Model.FindWorkload(address) is { } workload)
        {
            return PodOf(workload);
        }

        if (source.Namespace is not { } ns)
        {
            return null;
        }

        var pods = _pods.Where(p => p.Namespace == ns);
        if (source.Pod is { } name)
        {
            return pods.FirstOrDefault(p => p.Name == name)
                ?? pods.FirstOrDefault(p => WorkloadOf(p)?.WorkloadName == name)
                ?? pods.Where(p => Owner(p) is { } owner && (name == owner || name.StartsWith($"{owner}-", StringComparison.Ordinal))).MaxBy(p => Owner(p)!.Length);
        }

        return source.Labels.IsEmpty ? null : pods.FirstOrDefault(p => Labels.Match(source.Labels, p.Labels));
    }

    private static string? Owner(ManifestDocument pod) => pod.Resource!.Metadata.OwnerReferences is [var owner, ..] ? owner.Name : null;
}
