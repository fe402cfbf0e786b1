using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Benchmarks;

/// <summary>1,000 services with 3,000 routes: what their compilation costs, and finding the rule for a request.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private const int Services = 1_000;

    private readonly Request _request = new();
    private ImmutableArray<ManifestDocument> _documents = [];
    private MeshModel _model = MeshModel.Empty;
    private Service _gateway = null!;
    private Service _virtual = null!;

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}\n");
        for (var i = 0; i < Services; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{i}, namespace: shop}}\nspec: {{clusterIP: 10.96.{i / 250}.{(i % 250) + 1}, ports: [{{name: http, port: 80}}]}}\n");
            for (var r = 0; r < 3; r++)
            {
                text.Append(i % 2 == 0 ? Route(i, r) : r == 0 ? VirtualService(i) : "");
            }
        }

        _documents = ManifestReader.ReadText(text.ToString(), "in.yaml").Documents;
        var mesh = MeshTranslator.Translate(new MeshSettings(), _documents).Mesh;
        _model = MeshModel.Empty.Apply(new ModelChange { Services = [.. mesh.Services.Values], Routes = [.. mesh.Routes.Values] });
        _gateway = _model.FindService(new NamespacedName("shop", "s500.shop.svc.cluster.local"))!;
        _virtual = _model.FindService(new NamespacedName("shop", "s501.shop.svc.cluster.local"))!;
    }

    [Benchmark]
    public int Compile() => MeshTranslator.Translate(new MeshSettings(), _documents).Mesh.Routes.Count;

    [Benchmark]
    public RouteMatch? MatchHttpRoutes()
    {
        _request.Authority = _gateway.Hostname;
        return RequestRouting.Decide(_model, _gateway, new RouteClient("shop", [], 80), "cluster.local", _request).Match;
    }

    [Benchmark]
    public RouteMatch? MatchVirtualService()
    {
        _request.Authority = _virtual.Hostname;
        return RequestRouting.Decide(_model, _virtual, new RouteClient("shop", [], 80), "cluster.local", _request).Match;
    }

    private static string Route(int service, int number) => string.Create(CultureInfo.InvariantCulture, $$$$"""
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r{{{{service}}}}-{{{{number}}}}, namespace: shop}
        spec:
          parentRefs: [{group: "", kind: Service, name: s{{{{service}}}}}]
          rules:
          - matches: [{path: {value: /api/v{{{{number}}}}}, headers: [{name: x-user, value: u{{{{number}}}}}]}]
            backendRefs: [{name: s{{{{service}}}}, port: 80, weight: 90}, {name: s{{{{(service + 1) % Services}}}}, port: 80, weight: 10}]
          - matches: [{path: {value: /api/v{{{{number}}}}}}]
            backendRefs: [{name: s{{{{service}}}}, port: 80}]

        """);

    // Three routes, as the services beside it have.
    private static string VirtualService(int service) => string.Create(CultureInfo.InvariantCulture, $$$$"""
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: v{{{{service}}}}, namespace: shop}
        spec:
          hosts: [s{{{{service}}}}]
          http:
          - match: [{uri: {prefix: /api/v0}, headers: {x-user: {exact: u0}}}]
            route: [{destination: {host: s{{{{service}}}}}}]
          - match: [{uri: {prefix: /api/v1}, headers: {x-user: {exact: u1}}}]
            route: [{destination: {host: s{{{{service}}}}}}]
          - match: [{uri: {prefix: /api/v2}}]
            route: [{destination: {host: s{{{{service}}}}}}]

        """);

    private sealed class Request : IRequestFacts
    {
        public string Method => "GET";

        public string Scheme => "http";

        public string Authority { get; set; } = "";

        public string Path => "/api/v2/items/17";

        public string? FindHeader(string name) => name == "x-user" ? "u2" : null;

        public string? FindQueryParameter(string name) => null;
    }
}
