using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
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

    private readonly EndpointJudge _endpoints = new(mesh);
    private readonly RequestExplainer _requests = new(settings, mesh, new EndpointJudge(mesh));

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

        var view = ClientView.Of(client.Placement);
        var service = (address is null ? null : OutboundRouting.FindService(mesh.Model, address, view)) ?? (host is null ? null : FindByName(host, view));
        if (service is not null)
        {
            return ToService(request, client, service);
        }

        return address is not null && mesh.Model.FindWorkload(address) is { } workload
            ? ToWorkload(request, client, workload, address)
            : ToUnknown(request, client, host ?? address!.ToString());
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
            ? [$"{char.ToUpperInvariant(reason[0])}{reason[1..]}.", "A request gets this status; where no route asks to see requests, the connection is closed instead."]
            : [$"{char.ToUpperInvariant(reason[0])}{reason[1..]}: the connection is refused."],
    };

    private ExplainAnswer ToUnknown(ExplainRequest request, ExplainClient client, string destination)
    {
        // A VirtualService may be for a host that no service has.
        List<string> why = [$"{destination} is not in the mesh."];
        if (_requests.Explain(request, client, null, request.ToPort ?? 80, why) is { } routed)
        {
            return routed;
        }

        return client.Placement.Egress?.RegistryOnly ?? registryOnly
            ? Refused(request, $"{destination} is not in the mesh, and the outbound policy is REGISTRY_ONLY", 502)
            : new ExplainAnswer
            {
                Request = request,
                Action = "passthrough",
                Transport = "plaintext",
                Why = [$"{destination} is not in the mesh: the connection goes where it was dialled, unchanged."],
            };
    }

    private ExplainAnswer ToService(ExplainRequest request, ExplainClient client, Service service)
    {
        var port = PortOf(request, service);
        var why = new List<string> { $"The destination is {(service.Canonical ? "Service" : "ServiceEntry")} {service.Namespace}/{service.Name}, port {port}." };
        if (!client.IsOutside && request.Protocol is "http" or "http2" or "grpc" && service.FindPort(port)?.Protocol is not (AppProtocol.Tcp or AppProtocol.Tls)
            && mesh.Model.FindRoutes(service.Key) is { Routes.RateLimits: { IsEmpty: false } limits })
        {
            why.AddRange(RateLimitSentences.Of(limits, new ExplainedRequest(request), client, port));
        }

        if (_requests.Explain(request, client, service, port, why) is { } routed)
        {
            return routed;
        }

        if (!request.IsHttp || request.Protocol == "https")
        {
            var who = new RouteClient(client.Placement.Namespace, [.. client.Labels.Select(l => new WorkloadLabel(l.Key, l.Value))], port);
            var isTls = request.Protocol is "tls" or "https";
            if (!client.IsOutside && mesh.Model.FindRoutes(service.Key)?.FindConnectionRule(who, request.ToAddress ?? service.Addresses.FirstOrDefault(), isTls ? request.ServerName ?? request.ToHost : null, isTls) is { } rule)
            {
                return ToRule(request, client, service, port, rule, why);
            }
        }

        var usable = _endpoints.Usable(service, port, null);
        var isOutside = usable is [{ Workload.Addresses.IsEmpty: true }, ..];
        var dialled = service.Addresses is [var vip, ..] ? new IPEndPoint(vip, port) : usable is [{ Workload.Addresses: [var own, ..] } first, ..] ? new IPEndPoint(own, first.Port) : null;
        var decision = dialled is null ? null : Decide(client, dialled);
        if (decision is null ? !isOutside : decision.Route == OutboundRoute.Refuse)
        {
            var refused = Refused(request, decision?.Reason ?? $"service {service.Key} has no endpoint that can be used", 503);
            return refused with { Service = new NamespacedName(service.Namespace, service.Name), Why = [.. why, .. refused.Why] };
        }

        var judgements = _endpoints.Judge(client, usable);
        why.Add(decision?.Route == OutboundRoute.SameNode && judgements.Count == 1
            ? "Its one endpoint is on the client's own node: the proxy there delivers the connection without a tunnel."
            : service.LoadBalancing.Mode == LoadBalancingMode.Passthrough ? "The connection goes where it was dialled: the ServiceEntry names no endpoints."
            : judgements.Count == 1 ? "It has one endpoint that takes connections."
            : $"{judgements.Count} endpoints take connections; of two at random the one with fewer open connections gets the next.");
        var traffic = mesh.Model.FindTrafficPolicy(service.Key, client.Placement.Namespace)?.For(port, "") ?? TrafficSettings.Default;
        why.AddRange(ResilienceSentences.Of(service.Name, traffic.Resilience, null));
        var judged = EndpointJudge.Combine(judgements);
        judged = judged.Asked || traffic.Tls is null or { Mode: ClientTlsMode.Disable } ? judged : judged with { Transport = "tls" };
        return DestinationJudgement.Answer(request, judged, why) with
        {
            Service = new NamespacedName(service.Namespace, service.Name),
            Backends = [new ExplainBackend(service.Name, service.Namespace, port, 1)],
            LoadBalancing = RequestExplainer.Balancing(traffic.LoadBalancer),
        };
    }

    private ExplainAnswer ToRule(ExplainRequest request, ExplainClient client, Service service, int port, ConnectionRule rule, List<string> why)
    {
        why.Add($"The rule that counts is {rule.Origin}.");
        var answer = new ExplainAnswer
        {
            Request = request,
            Action = "error",
            Service = new NamespacedName(service.Namespace, service.Name),
            Route = new ExplainPolicy(rule.Origin.Resource, rule.Origin.Rule),
            Backends = [.. rule.Backends.Select(b => _requests.Backend(b, port))],
        };
        var judgements = new List<DestinationJudgement>();
        foreach (var backend in rule.Backends.Where(b => b.Weight > 0))
        {
            var own = backend.Port == 0 ? port : backend.Port;
            var target = backend.Fault == BackendFault.None ? mesh.Model.FindService(backend.Service) : null;
            var subset = mesh.Model.FindTrafficPolicy(backend.Service, client.Placement.Namespace)?.FindSubset(backend.Subset);
            var found = target is null ? [] : _endpoints.Judge(client, _endpoints.Usable(target, own, subset));
            judgements.AddRange(found);
            if (found.Count == 0)
            {
                why.Add($"What falls to {backend.Service.Name} is refused: {(target is null ? backend.FaultDetail : "no endpoint takes connections")}.");
            }
        }

        if (judgements.Count == 0)
        {
            return answer with { Why = [.. why, "No backend can be used: the connection is closed."] };
        }

        var judged = DestinationJudgement.Answer(request, EndpointJudge.Combine(judgements), why);
        return judged with { Service = answer.Service, Route = answer.Route, Backends = answer.Backends, LoadBalancing = RequestExplainer.Balancing(null) };
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

    private Service? FindByName(string host, ClientView client) => RequestRouting.FindNamedService(mesh.Model, host, client, settings.ClusterDomain);
}
