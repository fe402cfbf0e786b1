using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Explanation;

/// <summary>Writes answers as JSON.</summary>
internal static class ExplanationJson
{
    private static readonly ManifestScalar Null = FindingJson.Text(null);

    /// <summary>Writes one.</summary>
    /// <param name="outcome">What became of the request.</param>
    public static ManifestNode Of(ExplainOutcome outcome)
    {
        if (outcome.Answer is not { } answer)
        {
            return FindingJson.Map(("id", FindingJson.Text(outcome.Id)), ("error", FindingJson.Text(outcome.Error)));
        }

        var list = new List<(string, ManifestNode)>
        {
            ("id", FindingJson.Text(outcome.Id)),
            ("service", answer.Service is { } service ? FindingJson.Map(("namespace", FindingJson.Text(service.Namespace)), ("name", FindingJson.Text(service.Name))) : Null),
            ("route", Policy(answer.Route)),
            ("action", FindingJson.Text(answer.Action)),
            ("status", Number(answer.Status)),
        };
        if (answer.GrpcStatus is { } grpcStatus)
        {
            list.Add(("grpcStatus", ManifestScalar.Integer(grpcStatus)));
        }

        if (answer.Location is { } location)
        {
            list.Add(("location", FindingJson.Text(location)));
        }

        list.Add(("backends", List(answer.Backends.Select(Backend))));
        if (answer.Action == "forward" && (answer.Forwarded is { } forwarded ? Forwarded(forwarded) : Forwarded(answer.Request)) is { } request)
        {
            list.Add(("request", request));
        }

        list.AddRange(ExplanationRouteJson.Of(answer));

        list.AddRange(
        [
            ("loadBalancing", LoadBalancing(answer.LoadBalancing)),
            ("transport", FindingJson.Text(answer.Transport)),
            ("verdict", FindingJson.Text(answer.Verdict)),
            ("deniedBy", Policy(answer.DeniedBy)),
            ("allowedBy", Policy(answer.AllowedBy)),
            ("dryRun", List(answer.DryRuns.Select(DryRun))),
            ("peerAuthentication", PeerAuthentication(answer.PeerAuthentication)),
            ("why", List(answer.Why.Select(ManifestNode (w) => FindingJson.Text(w)))),
        ]);
        return FindingJson.Map([.. list]);
    }

    private static ManifestSequence List(IEnumerable<ManifestNode> nodes) => new([.. nodes]);

    private static ManifestScalar Number(int? number) => number is { } value ? ManifestScalar.Integer(value) : Null;

    private static ManifestMapping Backend(ExplainBackend backend)
    {
        var list = new List<(string, ManifestNode)>
        {
            ("service", FindingJson.Text(backend.Service)),
            ("namespace", FindingJson.Text(backend.Namespace)),
            ("port", ManifestScalar.Integer(backend.Port)),
            ("subset", FindingJson.Text(backend.Subset)),
            ("weight", ManifestScalar.Integer(backend.Weight)),
        };
        if (backend.Forwarded is { } forwarded)
        {
            list.Add(("request", Forwarded(forwarded)));
        }

        if (backend.ResponseHeaders is { } changes)
        {
            list.Add(("responseHeaders", ExplanationRouteJson.Changes(changes)));
        }

        return FindingJson.Map([.. list]);
    }

    private static ManifestNode LoadBalancing(ExplainLoadBalancing? balancing) => balancing is null ? Null : FindingJson.Map(
        ("policy", FindingJson.Text(balancing.Policy)),
        ("hash", balancing.HashOn is { } on ? FindingJson.Map(("on", FindingJson.Text(on)), ("key", FindingJson.Text(balancing.HashKey))) : Null));

    private static ManifestNode DryRun(ExplainDryRun policy) => FindingJson.Map(
        ("namespace", FindingJson.Text(policy.Namespace)),
        ("name", FindingJson.Text(policy.Name)),
        ("action", FindingJson.Text(policy.Action)),
        ("matched", ManifestScalar.Boolean(policy.Matched)));

    private static ManifestNode Policy(ExplainPolicy? policy) => policy is null
        ? Null
        : FindingJson.Map(
            ("kind", FindingJson.Text(policy.Resource.Kind)),
            ("namespace", FindingJson.Text(policy.Resource.Namespace)),
            ("name", FindingJson.Text(policy.Resource.Name)),
            ("rule", Number(policy.Rule)));

    private static ManifestNode PeerAuthentication(ExplainPeerAuthentication? peers) =>
        peers is null ? Null : FindingJson.Map(("mode", FindingJson.Text(peers.Mode)), ("setBy", FindingJson.Resource(peers.SetBy)));

    private static ManifestMapping Forwarded(ExplainForwarded forwarded) => FindingJson.Map(
        ("method", FindingJson.Text(forwarded.Method)),
        ("host", FindingJson.Text(forwarded.Host)),
        ("path", FindingJson.Text(forwarded.Path)),
        ("headers", new ManifestMapping([.. forwarded.Headers.Select(Header)])),
        ("protocol", FindingJson.Text(forwarded.Protocol)));

    private static ManifestEntry Header(KeyValuePair<string, System.Collections.Immutable.ImmutableArray<string>> header) =>
        new(header.Key, header.Value is [var only] ? FindingJson.Text(only) : List(header.Value.Select(ManifestNode (v) => FindingJson.Text(v))));

    // Connections are carried as they are, so that the backend gets what the client sent; what is inside TLS, nobody sees.
    private static ManifestMapping? Forwarded(ExplainRequest request)
    {
        if (!request.IsHttp || request.Protocol == "https")
        {
            return null;
        }

        return FindingJson.Map(
            ("method", FindingJson.Text(request.Method ?? (request.Protocol == "grpc" ? "POST" : "GET"))),
            ("host", FindingJson.Text(request.Authority ?? request.ToHost)),
            ("path", FindingJson.Text(request.Path ?? "/")),
            ("headers", new ManifestMapping([.. request.Headers.Select(Header)])),
            ("protocol", FindingJson.Text(request.Protocol == "http" ? "HTTP/1.1" : "HTTP/2")));
    }
}
