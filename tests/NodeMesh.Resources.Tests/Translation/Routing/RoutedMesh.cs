using System.Globalization;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Explanation;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Translation.Routing;

/// <summary>The sample shop with routes, and what the mesh does with requests in it, through the functions that the proxy runs.</summary>
internal sealed class RoutedMesh
{
    // Three services with a pod each, and one of another namespace; v1 and v2 are pods of reviews as well.
    private const string Shop = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: other, labels: {istio.io/dataplane-mode: ambient}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: reviews, namespace: shop}
        spec: {clusterIP: 10.96.0.1, selector: {app: reviews}, ports: [{name: http, port: 80}, {name: http-alt, port: 8080, targetPort: 80}, {name: tcp-raw, port: 9000, targetPort: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: v1, namespace: shop}
        spec: {clusterIP: 10.96.0.2, selector: {app: reviews, version: v1}, ports: [{name: http, port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: v2, namespace: shop}
        spec: {clusterIP: 10.96.0.3, selector: {app: reviews, version: v2}, ports: [{name: http2, port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: far, namespace: other}
        spec: {clusterIP: 10.96.0.4, selector: {app: far}, ports: [{name: http, port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: empty, namespace: shop}
        spec: {clusterIP: 10.96.0.5, selector: {app: nobody}, ports: [{name: http, port: 80}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: reviews-v1, namespace: shop, labels: {app: reviews, version: v1}}
        spec: {containers: [{name: c}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: reviews-v2, namespace: shop, labels: {app: reviews, version: v2}}
        spec: {containers: [{name: c}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: far, namespace: other, labels: {app: far}}
        spec: {containers: [{name: c}]}
        ---

        """;

    private readonly MeshExplainer _explainer;

    /// <summary>Reads the shop with more resources.</summary>
    /// <param name="manifests">The resources.</param>
    public RoutedMesh(string manifests)
    {
        var set = ManifestReader.ReadText(Shop + manifests, "in.yaml");
        Assert.True(!set.HasErrors, string.Join('\n', set.Errors));
        _explainer = new MeshExplainer(new MeshSettings(), false, set.Documents, []);
        Findings = MeshTranslator.Translate(new MeshSettings(), set.Documents).Findings;
    }

    /// <summary>What is said of the resources.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>The fields of which something is said, with its code.</summary>
    public IEnumerable<string> Reported => Findings.Where(f => f.Code is not (FindingCodes.NotServed or FindingCodes.NothingMeshed)).Select(f => $"{f.Resource!.Name} {f.Field} {f.Code}");

    /// <summary>Asks for the answer to a request.</summary>
    /// <param name="request"><c>METHOD host:port/path</c>, then <c>|name=value</c> for headers; a name with an at-sign says something of the client or connection.</param>
    public ExplainAnswer Ask(string request)
    {
        var parts = request.Split('|');
        var (method, rest) = parts[0].Split(' ', 2) is [var m, var r] ? (m, r) : throw new FormatException(request);
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var target = rest[..slash].Split(':');
        var fields = parts.Skip(1).Select(p => p.Split('=', 2)).ToLookup(p => p[0], p => p[1]);
        string One(string name, string otherwise) => fields[name].FirstOrDefault() ?? otherwise;
        var headers = string.Join(", ", fields.Where(f => !f.Key.StartsWith('@')).Select(f => $"\"{f.Key}\": [{string.Join(", ", f.Select(v => $"\"{v}\""))}]"));
        var host = fields["@host"].FirstOrDefault() is { } named ? $"\"host\": \"{named}\", " : "";
        var json = $$"""
            [{"id": "q", "from": {"namespace": "{{One("@from", "shop")}}", "labels": {{One("@labels", "{}")}} },
              "to": {"host": "{{target[0]}}", "port": {{target[1]}} }, {{host}}"protocol": "{{One("@protocol", "http")}}", "method": "{{method}}",
              "path": "{{rest[slash..]}}", "headers": { {{headers}} } {{(fields["@sni"].FirstOrDefault() is { } sni ? $", \"sni\": \"{sni}\"" : "")}} }]
            """;
        return _explainer.Explain(ExplainRequestReader.Read(ExplainRequestReader.ReadBatch(json)[0]));
    }

    /// <summary>Says in one line what is done: the rule, and where requests go or what they get.</summary>
    /// <param name="request">The request, as <see cref="Ask"/> takes it.</param>
    public string Outcome(string request)
    {
        var answer = Ask(request);
        var rule = answer.Route is { } route ? $"{route.Resource.Name}#{route.Rule} " : "";
        var status = answer.GrpcStatus is { } grpc ? $"{answer.Status}/{grpc}" : answer.Status?.ToString(CultureInfo.InvariantCulture);
        return answer.Action switch
        {
            "forward" => $"{rule}{string.Join(' ', answer.Backends.Select(Describe))}",
            "redirect" => $"{rule}{answer.Status} {answer.Location}",
            "passthrough" => "passthrough",
            _ => $"{rule}{answer.Action} {status}",
        };
    }

    private static string Describe(ExplainBackend backend)
    {
        var subset = backend.Subset is null ? "" : $"/{backend.Subset}";
        return $"{backend.Service}.{backend.Namespace}:{backend.Port}{subset}*{backend.Weight}";
    }

    /// <summary>Writes changes of headers.</summary>
    /// <param name="changes">The changes.</param>
    public static string Describe(HeaderChanges changes) => string.Join(
        ' ', changes.Set.Select(h => $"={h.Name}:{h.Value}").Concat(changes.Add.Select(h => $"+{h.Name}:{h.Value}")).Concat(changes.Remove.Select(n => $"-{n}")));
}
