using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Explanation;

/// <summary>Answers for connections to a host or address: what it stands for, and what the policies of its endpoints say.</summary>
/// <param name="settings">The mesh.</param>
/// <param name="mesh">Its resources.</param>
/// <param name="registryOnly">True when destinations outside the mesh are refused.</param>
internal sealed class RouteExplainer(MeshSettings settings, ExplainMesh mesh, bool registryOnly)
{
    // A node that can dial both families: which one it has is nothing that files tell.
    private static readonly ImmutableArray<IPAddress> AnyNode = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>Answers.</summary>
    /// <param name="request">The request.</param>
    /// <param name="client">Who asks.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ExplainException">The request cannot be answered.</exception>
    public ExplainAnswer Explain(ExplainRequest request, ExplainClient client)
    {
        var host = request.ToHost ?? (request.ToAddress is null ? WithoutPort(request.Authority) : null);
        var address = request.ToAddress ?? (IPAddress.TryParse(host, out var literal) ? literal : null);
        if (host is null && address is null)
        {
            throw new ExplainException("to: is missing; say with host or ip what the client connects to, or name a destination");
        }

        var ns = client.Placement.Namespace;
        var service = (address is null ? null : OutboundRouting.FindService(mesh.Model, address, ns)) ?? (host is null ? null : FindByName(host, ns));
        if (service is not null)
        {
            return ToService(request, client, service);
        }

        return address is not null && mesh.Model.FindWorkload(address) is { } workload
            ? ToWorkload(request, client, workload, address)
            : ToUnknown(request, host ?? address!.ToString());
    }

    private static string? WithoutPort(string? authority)
    {
        if (authority is null || authority.StartsWith('['))
        {
            return authority?[1..].Split(']')[0];
        }

        return authority.Split(':')[0];
    }

    private static int PortOf(ExplainRequest request, Service service)
    {
        var usual = request.Protocol is "https" or "tls" ? 443 : 80;
        return request.ToPort
            ?? (service.Ports is [var only] ? only.Port
                : service.Ports.Any(p => p.Port == usual) && request.Protocol != "tcp" ? usual
                : throw new ExplainException($"to.port: is missing, and service {service.Name} has {service.Ports.Length} ports"));
    }

    private static ExplainAnswer Refused(ExplainRequest request, string reason, int status) => new()
    {
        Request = request,
        Action = "error",
        Status = request.IsHttp ? status : null,
        Why = request.IsHttp
            ? [$"{char.ToUpperInvariant(reason[0])}{reason[1..]}.", "A request would get this status; since the mesh does not see requests yet, the connection is closed instead."]
            : [$"{char.ToUpperInvariant(reason[0])}{reason[1..]}: the connection is refused."],
    };

    // Of several endpoints whose policies differ, one that refuses answers: what may be refused must not read as allowed.
    private static DestinationJudgement Combine(List<DestinationJudgement> judgements)
    {
        var refused = judgements.Where(j => j.Policies.Verdict != "allow").ToList();
        if (refused.Count == 0 || refused.Count == judgements.Count)
        {
            return judgements[0];
        }

        var note = $"Its endpoints differ: {refused.Count} of {judgements.Count} refuse it; the answer is theirs.";
        return refused[0] with { Policies = refused[0].Policies with { Why = [.. refused[0].Policies.Why, note] } };
    }

    private ExplainAnswer ToUnknown(ExplainRequest request, string destination) =>
        registryOnly
            ? Refused(request, $"{destination} is not in the mesh, and the outbound policy is REGISTRY_ONLY", 502)
            : new ExplainAnswer
            {
                Request = request,
                Action = "passthrough",
                Transport = "plaintext",
                Why = [$"{destination} is not in the mesh: the connection goes where it was dialled, unchanged."],
            };

    private ExplainAnswer ToService(ExplainRequest request, ExplainClient client, Service service)
    {
        var port = PortOf(request, service);
        var why = new List<string> { $"The destination is Service {service.Namespace}/{service.Name}, port {port}." };
        var endpoints = mesh.Model.WorkloadsOf(service.Key);
        var usable = endpoints
            .Where(e => e.Health == WorkloadHealth.Healthy || service.LoadBalancing.AllowUnhealthy)
            .Select(e => (Workload: e, Port: EndpointSelector.ResolvePort(service, e, port)))
            .Where(e => e.Port is not null && !e.Workload.Addresses.IsEmpty)
            .ToList();
        var dialled = service.Addresses is [var vip, ..] ? new IPEndPoint(vip, port) : usable is [var first, ..] ? new IPEndPoint(first.Workload.Addresses[0], first.Port!.Value) : null;
        var decision = dialled is null ? null : Decide(client, dialled);
        if (decision is null or { Route: OutboundRoute.Refuse })
        {
            var refused = Refused(request, decision?.Reason ?? $"service {service.Key} has no endpoint that can be used", 503);
            return refused with { Service = new NamespacedName(service.Namespace, service.Name), Why = [.. why, .. refused.Why] };
        }

        var judgements = usable.Select(e => Judge(client, e.Workload, e.Workload.Addresses[0], e.Port!.Value)).ToList();
        why.Add(decision.Route == OutboundRoute.SameNode && judgements.Count == 1
            ? "Its one endpoint is on the client's own node: the proxy there delivers the connection without a tunnel."
            : judgements.Count == 1 ? "It has one endpoint that takes connections."
            : $"{judgements.Count} endpoints take connections; of two at random the one with fewer open connections gets the next.");
        return DestinationJudgement.Answer(request, Combine(judgements), why) with
        {
            Service = new NamespacedName(service.Namespace, service.Name),
            Backends = [new ExplainBackend(service.Name, service.Namespace, port, 1)],
            LoadBalancing = "LEAST_REQUEST",
        };
    }

    private ExplainAnswer ToWorkload(ExplainRequest request, ExplainClient client, Workload workload, IPAddress address)
    {
        var port = request.ToPort ?? throw new ExplainException("to.port: is missing; an address alone does not tell it");
        var decision = Decide(client, new IPEndPoint(address, port));
        return decision.Route == OutboundRoute.Refuse
            ? Refused(request, decision.Reason, 503)
            : DestinationJudgement.Answer(request, Judge(client, workload, address, port), [$"{address} is {workload.Namespace}/{workload.Name}, dialled by its own address."]);
    }

    private DestinationJudgement Judge(ExplainClient client, Workload workload, IPAddress address, int port) =>
        DestinationJudgement.Judge(mesh, client, workload, mesh.PodOf(workload)?.Labels ?? [], address, port);

    // The draw among endpoints is of no concern here; a fixed seed makes answers repeatable.
    private OutboundDecision Decide(ExplainClient client, IPEndPoint destination) => OutboundRouting.Decide(
        mesh.Model, new OutboundRequest(destination, client.Placement, settings.TrustDomain, AnyNode, registryOnly), static _ => 0, null, new Random(1));

    // As a pod's resolver searches: its own namespace first, then the other suffixes of the cluster.
    private Service? FindByName(string host, string ns)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        string[] candidates = name.Contains('.', StringComparison.Ordinal)
            ? [name, $"{name}.svc.{settings.ClusterDomain}", $"{name}.{settings.ClusterDomain}"]
            : [$"{name}.{ns}.svc.{settings.ClusterDomain}"];
        return candidates.Select(c => OutboundRouting.FindService(mesh.Model, c, ns)).FirstOrDefault(s => s is not null);
    }
}
