using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Explanation;

/// <summary>Answers for requests that some route is for.</summary>
/// <param name="settings">The mesh.</param>
/// <param name="mesh">Its resources.</param>
/// <param name="endpoints">Judges connections to endpoints.</param>
internal sealed class RequestExplainer(MeshSettings settings, ExplainMesh mesh, EndpointJudge endpoints)
{
    private const int Unimplemented = 12;
    private const int Unavailable = 14;

    /// <summary>Answers.</summary>
    /// <param name="request">The request.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="service">The service that was dialled; null for an address that is none's.</param>
    /// <param name="port">The port that was dialled.</param>
    /// <param name="why">Says what was found; the answer has it.</param>
    /// <returns>The answer; null when no route is for the request.</returns>
    public ExplainAnswer? Explain(ExplainRequest request, ExplainClient client, Service? service, int port, List<string> why)
    {
        if (request.Protocol is not ("http" or "http2" or "grpc") || service?.Ports.FirstOrDefault(p => p.Port == port).Protocol is AppProtocol.Tcp or AppProtocol.Tls)
        {
            return null;
        }

        var facts = new ExplainedRequest(request);
        var who = new RouteClient(client.Placement.Namespace, [.. client.Labels.Select(l => new WorkloadLabel(l.Key, l.Value))], port);
        var decision = RequestRouting.Decide(mesh.Model, service, who, settings.ClusterDomain, facts);
        if (decision.Kind == RouteDecisionKind.NoRoutes)
        {
            return null;
        }

        if (client.IsOutside)
        {
            why.Add("Routes have no effect on it: they are applied at the client's node, and the client is outside the mesh.");
            return null;
        }

        var named = service is null ? (NamespacedName?)null : new NamespacedName(service.Namespace, service.Name);
        if (decision.Match is not { } match)
        {
            why.Add($"Routes are for {decision.Host?.Name}, and none of their rules matches the request.");
            return new ExplainAnswer
            {
                Request = request,
                Service = named,
                Action = "error",
                Status = 404,
                GrpcStatus = decision.IsGrpc || request.Protocol == "grpc" ? Unimplemented : null,
                Why = [.. why],
            };
        }

        why.Add($"The rule that counts is {match.Rule.Origin}.");
        var answer = Act(request, client, match, facts, service, port, why);
        return answer with { Service = named, Route = new ExplainPolicy(match.Rule.Origin.Resource, match.Rule.Origin.Rule), Why = [.. why, .. answer.Why] };
    }

    private ExplainAnswer Act(ExplainRequest request, ExplainClient client, RouteMatch match, ExplainedRequest facts, Service? dialled, int port, List<string> why)
    {
        var rule = match.Rule;
        var answer = new ExplainAnswer
        {
            Request = request,
            Action = "error",
            ResponseHeaders = rule.ResponseHeaders,
            Timeout = Limit(rule.Timeout),
            BackendTimeout = Limit(rule.BackendTimeout),
            Retry = rule.Retry ?? RetryPolicy.Default,
            Fault = rule.Fault,
            Mirrors = [.. Mirrors(rule).Select(m => (Backend(m.Backend, port), m.Percent))],
        };
        if (rule.Fault?.Abort is { Percent: >= 100 } abort)
        {
            why.Add("It aborts every request.");
            return answer with { Action = "direct", Status = abort.HttpStatus ?? 200, GrpcStatus = abort.GrpcStatus, Retry = null, Mirrors = [] };
        }

        if ((rule.Redirect ?? OnlyRedirect(rule)) is { } redirect)
        {
            var location = RuleApplication.Location(redirect, match.MatchedPrefix, facts, facts.Query, port);
            why.Add($"It redirects the client to {location}.");
            return answer with { Action = "redirect", Status = redirect.Status, Location = location, Retry = null };
        }

        if (rule.DirectResponse is { } response)
        {
            why.Add($"It answers {response.Status} without a backend.");
            return answer with { Action = "direct", Status = response.Status, Retry = null };
        }

        return rule.Invalid is { } invalid
            ? Failed(answer, rule.FaultStatus, $"nothing can be sent on: {invalid}", why)
            : Forward(answer, client, match, facts, dialled, port, why);
    }

    private ExplainAnswer Forward(ExplainAnswer answer, ExplainClient client, RouteMatch match, ExplainedRequest facts, Service? dialled, int port, List<string> why)
    {
        var rule = match.Rule;
        var common = Forwarded(answer.Request, client, match, null, facts, rule.Backends[0], port);
        answer = answer with { Backends = [.. rule.Backends.Select(b => Describe(answer.Request, client, match, facts, b, port, common))], Forwarded = common };
        if (rule.Backends is [{ } single])
        {
            answer = answer with { Forwarded = Forwarded(answer.Request, client, match, single, facts, single, port), ResponseHeaders = Join(single.ResponseHeaders, rule.ResponseHeaders) };
            answer = answer with { Backends = [.. answer.Backends.Select(b => b with { Forwarded = null, ResponseHeaders = null })] };
        }

        var judgements = new List<DestinationJudgement>();
        ExplainLoadBalancing? balancing = null;
        var (faulty, reason) = (false, "");
        foreach (var backend in rule.Backends.Where(b => b.Weight > 0))
        {
            if (backend is { Fault: BackendFault.None, Redirect: { } redirect })
            {
                why.Add($"What falls to {backend.Service.Name} is redirected to {RuleApplication.Location(redirect, match.MatchedPrefix, facts, facts.Query, port)}.");
                continue;
            }

            if (backend.Fault != BackendFault.None || mesh.Model.FindService(backend.Service) is not { } service)
            {
                (faulty, reason) = (true, backend.FaultDetail);
                why.Add($"What falls to {backend.Service.Name} gets {rule.FaultStatus}: {backend.FaultDetail}.");
                continue;
            }

            var own = backend.Port == 0 ? port : backend.Port;
            var policy = mesh.Model.FindTrafficPolicy(service.Key, client.Placement.Namespace);
            var traffic = policy?.For(own, backend.Subset) ?? TrafficSettings.Default;
            balancing ??= Balancing(traffic.LoadBalancer);
            var usable = endpoints.Usable(service, own, policy?.FindSubset(backend.Subset));
            if (usable.Count == 0)
            {
                reason = $"{service.Key} has no endpoint that takes connections{(backend.Subset.Length == 0 ? "" : $" in subset {backend.Subset}")}";
                why.Add($"What falls to {service.Name} gets 503: {reason}.");
                continue;
            }

            why.AddRange(ResilienceSentences.Of(service.Name, traffic.Resilience, rule));
            judgements.AddRange(endpoints.Judge(client, usable).Select(j => j.Asked || traffic.Tls is null or { Mode: ClientTlsMode.Disable } ? j : j with { Transport = "tls" }));
        }

        if (judgements.Count == 0)
        {
            return Failed(answer with { LoadBalancing = balancing }, faulty ? rule.FaultStatus : 503, reason, why);
        }

        var judged = DestinationJudgement.Answer(answer.Request, EndpointJudge.Combine(judgements), []);
        return answer with
        {
            Action = judged.Action,
            Status = judged.Status,
            GrpcStatus = judged.GrpcStatus,
            LoadBalancing = balancing,
            Transport = judged.Transport,
            Verdict = judged.Verdict,
            DeniedBy = judged.DeniedBy,
            AllowedBy = judged.AllowedBy,
            DryRuns = judged.DryRuns,
            PeerAuthentication = judged.PeerAuthentication,
            Why = judged.Why,
        };
    }

    /// <summary>How an endpoint is chosen.</summary>
    /// <param name="balancer">What a policy says; null for nothing.</param>
    /// <returns>The choice.</returns>
    public static ExplainLoadBalancing Balancing(LoadBalancer? balancer) => balancer switch
    {
        { Hash: { } hash } => new ExplainLoadBalancing(
            hash.Maglev ? "MAGLEV" : "RING_HASH",
            hash.On switch { HashKeyKind.Header => "header", HashKeyKind.Cookie => "cookie", HashKeyKind.QueryParameter => "queryParameter", _ => "sourceIp" },
            hash.Key.Length == 0 ? null : hash.Key),
        { Kind: LoadBalancerKind.RoundRobin } => new ExplainLoadBalancing("ROUND_ROBIN"),
        { Kind: LoadBalancerKind.Random } => new ExplainLoadBalancing("RANDOM"),
        { Kind: LoadBalancerKind.Passthrough } => new ExplainLoadBalancing("PASSTHROUGH"),
        _ => new ExplainLoadBalancing("LEAST_REQUEST"),
    };

    /// <summary>Where copies go. Those of one backend among several are of its share of the requests.</summary>
    private static IEnumerable<RequestMirror> Mirrors(HttpRule rule)
    {
        var total = rule.Backends.Sum(b => (long)b.Weight);
        return rule.Mirrors.Concat(rule.Backends.Where(b => b.Weight > 0).SelectMany(b => b.Mirrors.Select(m => m with { Percent = m.Percent * b.Weight / total })));
    }

    /// <summary>The redirect of a rule's only backend.</summary>
    private static HttpRedirect? OnlyRedirect(HttpRule rule) => rule is { Invalid: null, Backends: [{ Fault: BackendFault.None, Redirect: { } redirect }] } ? redirect : null;

    private static TimeSpan? Limit(TimeSpan? time) => time > TimeSpan.Zero ? time : null;

    private static ExplainAnswer Failed(ExplainAnswer answer, int status, string reason, List<string> why)
    {
        why.Add($"The request gets {status}: {reason}.");
        return answer with { Action = "error", Status = status, GrpcStatus = answer.Request.Protocol == "grpc" ? Unavailable : null };
    }

    private static HeaderChanges Join(HeaderChanges first, HeaderChanges second) => first.IsEmpty ? second : second.IsEmpty ? first : new HeaderChanges
    {
        Set = [.. first.Set.Where(a => !second.Set.Any(b => Same(a.Name, b.Name))), .. second.Set],
        Add = [.. first.Add, .. second.Add],
        Remove = [.. first.Remove, .. second.Remove],
    };

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private ExplainBackend Describe(ExplainRequest request, ExplainClient client, RouteMatch match, ExplainedRequest facts, RouteBackend backend, int port, ExplainForwarded common)
    {
        var own = Forwarded(request, client, match, backend, facts, backend, port);
        return Backend(backend, port) with
        {
            Forwarded = own == common || Equal(own, common) ? null : own,
            ResponseHeaders = backend.ResponseHeaders.IsEmpty ? null : Join(backend.ResponseHeaders, match.Rule.ResponseHeaders),
        };
    }

    private static bool Equal(ExplainForwarded a, ExplainForwarded b) =>
        a with { Headers = b.Headers } == b && a.Headers.Count == b.Headers.Count && a.Headers.All(h => b.Headers.TryGetValue(h.Key, out var values) && values.SequenceEqual(h.Value));

    /// <summary>Describes a backend.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="port">The port that was dialled.</param>
    /// <returns>The description.</returns>
    public ExplainBackend Backend(RouteBackend backend, int port)
    {
        // A Service has a short name; a host of a ServiceEntry is its own.
        var service = mesh.Model.FindService(backend.Service);
        var suffix = $".{backend.Service.Namespace}.svc.{settings.ClusterDomain}";
        var name = service is { Canonical: true } ? service.Name : backend.Service.Name.EndsWith(suffix, StringComparison.Ordinal) ? backend.Service.Name[..^suffix.Length] : backend.Service.Name;
        return new ExplainBackend(name, backend.Service.Namespace, backend.Port == 0 ? port : backend.Port, backend.Weight) { Subset = backend.Subset.Length == 0 ? null : backend.Subset };
    }

    private ExplainForwarded Forwarded(ExplainRequest request, ExplainClient client, RouteMatch match, RouteBackend? changes, ExplainedRequest facts, RouteBackend target, int port)
    {
        var headers = new ExplainedHeaders(request.Headers);
        RuleApplication.Apply(match.Rule.RequestHeaders, headers);
        RuleApplication.Apply(changes?.RequestHeaders ?? HeaderChanges.None, headers);
        return new ExplainForwarded(
            facts.Method,
            RuleApplication.RewriteAuthority(match, changes, facts.Authority),
            RuleApplication.RewritePath(match, changes, facts.Path, facts.Query),
            headers.Current,
            Protocol(request, client, target, port));
    }

    private string Protocol(ExplainRequest request, ExplainClient client, RouteBackend backend, int port)
    {
        var number = backend.Port == 0 ? port : backend.Port;
        var own = request.Protocol == "http" ? "HTTP/1.1" : "HTTP/2";
        var pool = mesh.Model.FindTrafficPolicy(backend.Service, client.Placement.Namespace)?.For(number, backend.Subset).ConnectionPool;
        if (pool is { UseClientProtocol: true })
        {
            return own;
        }

        return mesh.Model.FindService(backend.Service)?.Ports.FirstOrDefault(p => p.Port == number).Protocol switch
        {
            AppProtocol.Http2 or AppProtocol.Grpc => "HTTP/2",
            AppProtocol.Http11 when pool is not { UpgradeToHttp2: true } => request.Protocol == "grpc" ? "HTTP/2" : "HTTP/1.1",
            _ => pool is { UpgradeToHttp2: true } ? "HTTP/2" : own,
        };
    }
}
