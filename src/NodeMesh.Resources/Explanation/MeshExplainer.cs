using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Translation.Routing;

namespace NodeMesh.Resources.Explanation;

/// <summary>Answers what the mesh that some resources describe would do with requests and connections.</summary>
public sealed class MeshExplainer
{
    private const int MaxNamed = 5;

    private readonly MeshSettings _settings;
    private readonly ImmutableArray<ManifestDocument> _documents;
    private readonly ExplainMesh _mesh;
    private readonly ClientResolver _clients;
    private readonly RouteExplainer _routes;
    private readonly ImmutableArray<string> _notes;
    private readonly Dictionary<string, ExplainMesh> _destinations = [];

    /// <summary>Reads the resources.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="registryOnly">True when destinations outside the mesh are refused.</param>
    /// <param name="documents">Valid resources.</param>
    /// <param name="leftOut">Resources that are not valid, to be named in answers.</param>
    public MeshExplainer(MeshSettings settings, bool registryOnly, IReadOnlyCollection<ManifestDocument> documents, IReadOnlyCollection<ResourceOrigin> leftOut)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(leftOut);
        _settings = settings;
        _documents = OfflineResources.Complete(documents);
        _mesh = new ExplainMesh(settings, _documents);
        _clients = new ClientResolver(settings, _mesh);
        _routes = new RouteExplainer(settings, _mesh, registryOnly);
        var unserved = documents.Where(d => d.Kind.Support == KindSupport.NotServed && MeshGroups.Contains(d.Kind.Group) && !RouteTranslator.TranslatedKinds.Contains(d.Kind)).Select(d => d.Origin).ToList();
        _notes = [.. Note("Not served yet, and therefore without effect", unserved), .. Note("Left out, since it is not valid", leftOut)];
    }

    /// <summary>Answers one request.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ExplainException">The request cannot be answered.</exception>
    public ExplainAnswer Explain(ExplainRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Gateway is not null)
        {
            throw new ExplainException("gateway: what arrives at gateways is not served yet; ask about connections inside the mesh");
        }

        var client = _clients.Resolve(request);
        var answer = request.Destination is { } destination ? ExplainDestination(request, client, destination) : _routes.Explain(request, client);
        return answer with { Why = [.. client.Why, .. answer.Why, .. _notes, .. Ignored(request)] };
    }

    private static ImmutableArray<string> Note(string what, IReadOnlyCollection<ResourceOrigin> resources)
    {
        var more = resources.Count > MaxNamed ? $" and {resources.Count - MaxNamed} more" : "";
        return resources.Count == 0 ? [] : [$"{what}: {string.Join(", ", resources.Take(MaxNamed))}{more}."];
    }

    private static IEnumerable<string> Ignored(ExplainRequest request)
    {
        if (request.HasToken)
        {
            yield return "Tokens and claims are not looked at yet.";
        }

        if (!request.UnknownFields.IsEmpty)
        {
            yield return $"Fields of the request that nobody knows were not looked at: {string.Join(", ", request.UnknownFields)}.";
        }
    }

    private ExplainAnswer ExplainDestination(ExplainRequest request, ExplainClient client, ExplainDestination destination)
    {
        var known = destination.Labels.IsEmpty && destination.Address is { } address ? _mesh.Model.FindWorkload(address) : null;
        var pod = known is null ? null : _mesh.PodOf(known);
        var (mesh, workload, labels) = known is not null && pod is not null && _mesh.IsInMesh(pod)
            ? (_mesh, known, pod.Labels)
            : Imagine(
                destination.Namespace ?? pod?.Namespace ?? throw new ExplainException("destination.namespace: is missing; policies are chosen by it"),
                pod?.Labels ?? destination.Labels);
        var port = destination.Port ?? request.ToPort ?? 0;
        var judgement = DestinationJudgement.Judge(mesh, client, workload, labels, destination.Address ?? workload.Addresses[0], port);
        List<string> why = [$"Routing is left out: what counts are the policies of the workload in namespace {workload.Namespace}."];
        if (!_mesh.JoinsMesh(workload.Namespace, labels))
        {
            why.Add($"Neither the workload nor namespace {workload.Namespace} is labelled for the mesh: only once they are, somebody asks the policies.");
        }

        if (port == 0)
        {
            why.Add("No port is named, so nothing that names ports matches.");
        }

        return DestinationJudgement.Answer(request, judgement, why);
    }

    // A workload of which only namespace and labels are told is translated with the resources as a pod of its own: selectors, Services that policies
    // target, and the order of PeerAuthentications then mean what they mean to the control plane.
    private (ExplainMesh Mesh, Workload Workload, ImmutableDictionary<string, string> Labels) Imagine(string ns, ImmutableDictionary<string, string> labels)
    {
        const string Name = "explained";
        var key = $"{ns}\n{string.Join('\n', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"))}";
        if (!_destinations.TryGetValue(key, out var mesh))
        {
            var joining = labels.ContainsKey(Labels.DataplaneMode) || labels.ContainsKey(Labels.Mesh) ? labels : labels.Add(Labels.DataplaneMode, "ambient");
            var pod = OfflineResources.ReadyPod(new ObjectMeta { Name = Name, Namespace = ns, Labels = joining }, new PodSpec { Containers = [] }, "247.255.255.253");
            mesh = _destinations[key] = new ExplainMesh(_settings, [.. _documents.Where(d => d.Resource is not PodResource), pod]);
        }

        return (mesh, mesh.Model.Workloads.Single(w => w.Name == Name && w.Namespace == ns), labels);
    }
}
