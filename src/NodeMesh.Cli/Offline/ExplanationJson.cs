using NodeMesh.Resources.Explanation;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Offline;

/// <summary>Writes answers as JSON. What is not computed yet is left out.</summary>
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
            ("route", Null),
            ("action", FindingJson.Text(answer.Action)),
            ("status", Number(answer.Status)),
        };
        if (answer.GrpcStatus is { } grpcStatus)
        {
            list.Add(("grpcStatus", ManifestScalar.Integer(grpcStatus)));
        }

        list.Add(("backends", List(answer.Backends.Select(Backend))));
        if (answer.Action == "forward" && Forwarded(answer.Request) is { } request)
        {
            list.Add(("request", request));
        }

        list.AddRange(
        [
            ("loadBalancing", answer.LoadBalancing is { } policy ? FindingJson.Map(("policy", FindingJson.Text(policy)), ("hash", Null)) : Null),
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

    private static ManifestNode Backend(ExplainBackend backend) => FindingJson.Map(
        ("service", FindingJson.Text(backend.Service)),
        ("namespace", FindingJson.Text(backend.Namespace)),
        ("port", ManifestScalar.Integer(backend.Port)),
        ("subset", Null),
        ("weight", ManifestScalar.Integer(backend.Weight)));

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

    // Connections are carried as they are, so that the backend gets what the client sent; what is inside TLS, nobody sees.
    private static ManifestMapping? Forwarded(ExplainRequest request)
    {
        if (!request.IsHttp || request.Protocol == "https")
        {
            return null;
        }

        var headers = request.Headers.Select(h => new ManifestEntry(h.Key, h.Value is [var only] ? FindingJson.Text(only) : List(h.Value.Select(ManifestNode (v) => FindingJson.Text(v)))));
        return FindingJson.Map(
            ("method", FindingJson.Text(request.Method ?? (request.Protocol == "grpc" ? "POST" : "GET"))),
            ("host", FindingJson.Text(request.Authority ?? request.ToHost)),
            ("path", FindingJson.Text(request.Path ?? "/")),
            ("headers", new ManifestMapping([.. headers])),
            ("protocol", FindingJson.Text(request.Protocol == "http" ? "HTTP/1.1" : "HTTP/2")));
    }
}
