using System.Collections.Immutable;
using NodeMesh.Resources.Analysis;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Analysis;

public sealed class MeshAnalysisTests
{
    private const string Shop = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: two, namespace: shop}
        spec: {selector: {app: web}, ports: [{name: http-a, port: 80, targetPort: 8080}, {name: http-b, port: 81, targetPort: 8081}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: web, version: v1}}, spec: {containers: [{name: c, image: web}]}}
        ---

        """;

    [Fact]
    public void GoodConfiguration_FindsOnlyWhatIsNotServedYet()
    {
        var findings = Run("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: web, namespace: shop}
            spec: {hosts: [web], http: [{route: [{destination: {host: web, subset: v1, port: {number: 80}}}]}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: web, namespace: shop}
            spec: {host: web, subsets: [{name: v1, labels: {version: v1}}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: shop}
            spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: two, namespace: shop}
            spec: {parentRefs: [{group: '', kind: Service, name: two, port: 80}], rules: [{backendRefs: [{name: web, port: 80}]}]}
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: web, namespace: shop}
            spec: {selector: {matchLabels: {app: web}}, rules: [{from: [{source: {namespaces: [shop]}}]}]}
            """);

        Assert.Equal(["NM0006"], findings.Select(f => f.Code).Distinct());
    }

    [Theory]
    [InlineData("IST0101", "spec.http[0].route[0].destination.host", "networking.istio.io/v1", "VirtualService", "{hosts: [web], http: [{route: [{destination: {host: nope}}]}]}")]
    [InlineData("IST0101", "spec.http[0].route[0].destination.port.number", "networking.istio.io/v1", "VirtualService", "{hosts: [web], http: [{route: [{destination: {host: web, port: {number: 99}}}]}]}")]
    [InlineData("IST0101", "spec.http[0].mirror.host", "networking.istio.io/v1", "VirtualService", "{hosts: [web], http: [{route: [{destination: {host: web}}], mirror: {host: nope}}]}")]
    [InlineData("IST0101", "spec.http[0].route[0].destination.subset", "networking.istio.io/v1", "VirtualService", "{hosts: [web], http: [{route: [{destination: {host: web, subset: v9}}]}]}")]
    [InlineData("IST0101", "spec.gateways[0]", "networking.istio.io/v1", "VirtualService", "{hosts: [a.com], gateways: [nope], http: [{route: [{destination: {host: web}}]}]}")]
    [InlineData("IST0112", "spec.http[0].route[0].destination", "networking.istio.io/v1", "VirtualService", "{hosts: [web], http: [{route: [{destination: {host: two}}]}]}")]
    [InlineData("IST0130", "spec.http[1]", "networking.istio.io/v1", "VirtualService", "{hosts: [web], http: [{route: [{destination: {host: web}}]}, {route: [{destination: {host: web}}]}]}")]
    [InlineData("IST0002", "spec.http[0].fault.delay.percent", "networking.istio.io/v1", "VirtualService", "{hosts: [web], http: [{fault: {delay: {fixedDelay: 1s, percent: 5}}, route: [{destination: {host: web}}]}]}")]
    [InlineData("IST0106", "spec.http[0].timeout", "networking.istio.io/v1", "VirtualService", "{hosts: [web], http: [{timeout: soon, route: [{destination: {host: web}}]}]}")]
    [InlineData("IST0128", "spec.trafficPolicy.tls", "networking.istio.io/v1", "DestinationRule", "{host: web, trafficPolicy: {tls: {mode: SIMPLE}}}")]
    [InlineData("IST0129", "spec.trafficPolicy.portLevelSettings[0].tls", "networking.istio.io/v1", "DestinationRule", "{host: web, trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}}")]
    [InlineData("IST0173", "spec.subsets[0].labels", "networking.istio.io/v1", "DestinationRule", "{host: web, subsets: [{name: v2, labels: {version: v2}}]}")]
    [InlineData("IST0174", "spec.host", "networking.istio.io/v1", "DestinationRule", "{host: nope}")]
    [InlineData("IST0134", "spec.ports[0].protocol", "networking.istio.io/v1", "ServiceEntry", "{hosts: [db.example.com], resolution: DNS, ports: [{number: 5432, name: tcp, protocol: TCP}]}")]
    [InlineData("IST0101", "spec.selector", "networking.istio.io/v1", "Gateway", "{selector: {a: b}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}")]
    [InlineData("IST0162", "spec.servers[0].port.number", "networking.istio.io/v1", "Gateway", "{selector: {istio: ingressgateway}, servers: [{port: {number: 8099, name: http, protocol: HTTP}, hosts: ['*']}]}")]
    [InlineData("IST0101", "spec.servers[0].tls.credentialName", "networking.istio.io/v1", "Gateway", "{selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ['*'], tls: {mode: SIMPLE, credentialName: nope}}]}")]
    [InlineData("IST0101", "spec.workloadSelector", "networking.istio.io/v1", "Sidecar", "{workloadSelector: {labels: {a: b}}, egress: [{hosts: ['./*']}]}")]
    [InlineData("IST0152", "spec.configPatches[0].patch.operation", "networking.istio.io/v1alpha3", "EnvoyFilter", "{configPatches: [{applyTo: CLUSTER, patch: {operation: REPLACE, value: {}}}]}")]
    [InlineData("IST0153", "spec.configPatches[0].patch.operation", "networking.istio.io/v1alpha3", "EnvoyFilter", "{configPatches: [{applyTo: HTTP_ROUTE, patch: {operation: ADD, value: {}}}]}")]
    [InlineData("IST0151", "spec.configPatches[0].patch.operation", "networking.istio.io/v1alpha3", "EnvoyFilter", "{configPatches: [{applyTo: HTTP_FILTER, patch: {operation: INSERT_BEFORE, value: {name: x}}}]}")]
    [InlineData("IST0157", "spec.accessLogging[0]", "telemetry.istio.io/v1", "Telemetry", "{accessLogging: [{}]}")]
    [InlineData("IST0127", "spec.selector", "security.istio.io/v1", "AuthorizationPolicy", "{selector: {matchLabels: {app: nope}}, rules: [{}]}")]
    [InlineData("IST0101", "spec.rules[0].from[0].source.namespaces[0]", "security.istio.io/v1", "AuthorizationPolicy", "{rules: [{from: [{source: {namespaces: [nope]}}]}]}")]
    [InlineData("NM0008", "spec.selector", "security.istio.io/v1", "PeerAuthentication", "{selector: {matchLabels: {app: nope}}, mtls: {mode: STRICT}}")]
    [InlineData("NM0101", "spec.parentRefs[0]", "gateway.networking.k8s.io/v1", "HTTPRoute", "{parentRefs: [{group: '', kind: Service, name: nope}], rules: [{backendRefs: [{name: web, port: 80}]}]}")]
    [InlineData("NM0102", "spec.rules[0].backendRefs[0].name", "gateway.networking.k8s.io/v1", "HTTPRoute", "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name: nope, port: 80}]}]}")]
    [InlineData("NM0103", "spec.rules[0].backendRefs[0].port", "gateway.networking.k8s.io/v1", "HTTPRoute", "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name: web, port: 99}]}]}")]
    [InlineData("NM0104", "spec.rules[0].backendRefs[0].namespace", "gateway.networking.k8s.io/v1", "HTTPRoute", "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name: web, namespace: other, port: 80}]}]}")]
    [InlineData("NM0107", "spec.backends[0].service", "split.smi-spec.io/v1alpha4", "TrafficSplit", "{service: web, backends: [{service: nope, weight: 1}]}")]
    [InlineData("NM0108", "spec.listeners[0].tls.certificateRefs[0]", "gateway.networking.k8s.io/v1", "Gateway", "{gatewayClassName: a, listeners: [{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: nope}]}}]}")]
    [InlineData("NM0005", "kind", "networking.istio.io/v1", "VirtualServise", "{}")]
    public void Mistake_IsFoundAtItsField(string code, string field, string apiVersion, string kind, string spec)
    {
        var findings = Run($"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{name: x, namespace: shop}}\nspec: {spec}");

        var finding = Assert.Single(findings, f => f.Code == code && f.Field == field);
        Assert.Equal((kind, "x", "in.yaml"), (finding.Resource?.Kind, finding.Resource?.Name, finding.File));
        Assert.True(finding.Line > 20);
        Assert.NotEmpty(finding.Remedy);
    }

    [Theory]
    [InlineData("IST0118", "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop}\nspec: {selector: {app: y}, ports: [{name: foo, port: 8080}]}")]
    [InlineData("IST0150", "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop}\nspec: {type: ExternalName, externalName: a.com, ports: [{name: tcp, port: 8080}]}")]
    [InlineData("IST0108", "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop, annotations: {networking.istio.io/nobody: a}}\nspec: {selector: {app: y}, ports: [{name: http, port: 80}]}")]
    [InlineData("IST0107", "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop, annotations: {sidecar.istio.io/proxyImage: a}}\nspec: {selector: {app: y}, ports: [{name: http, port: 80}]}")]
    [InlineData("IST0125", "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop, annotations: {sidecar.istio.io/interceptionMode: a}}\nspec: {containers: [{name: c}]}")]
    [InlineData("IST0135", "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop, annotations: {sidecar.istio.io/inject: 'true'}}\nspec: {containers: [{name: c}]}")]
    [InlineData("IST0144", "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop}\nspec: {containers: [{name: c, securityContext: {runAsUser: 1337}}]}")]
    [InlineData("IST0171", "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop}\nspec: {selector: {app: y}, ports: [{name: http, port: 80}]}\nstatus: {conditions: [{type: istio.io/WaypointBound, status: 'False', reason: a, message: b}]}")]
    [InlineData("IST0116", "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop}\nspec: {selector: {app: web}, ports: [{name: dns, port: 80, targetPort: 8080, protocol: UDP}]}")]
    [InlineData("IST0137", "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop}\nspec: {selector: {app: web}, ports: [{name: http, port: 88, targetPort: 8080}]}")]
    [InlineData("IST0102", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: x}\nspec: {containers: [{name: c}]}")]
    [InlineData("IST0123", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x, labels: {istio-injection: enabled, istio.io/rev: canary}}")]
    public void MistakeOfCoreKinds_IsFound(string code, string manifest) => Assert.Contains(Run(manifest), f => f.Code == code);

    [Theory]
    [InlineData("IST0109", "VirtualService", "{hosts: [web], http: [{route: [{destination: {host: web}}]}]}")]
    [InlineData("IST0111", "Sidecar", "{egress: [{hosts: ['./*']}]}")]
    [InlineData("IST0110", "Sidecar", "{workloadSelector: {labels: {app: web}}, egress: [{hosts: ['./*']}]}")]
    [InlineData("IST0145", "Gateway", "{selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [a.com]}]}")]
    public void TwoOfThem_Conflict(string code, string kind, string spec)
    {
        var one = $"apiVersion: networking.istio.io/v1\nkind: {kind}\nmetadata: {{name: NAME, namespace: shop}}\nspec: {spec}\n---\n";

        var found = Run(one.Replace("NAME", "a", StringComparison.Ordinal) + one.Replace("NAME", "b", StringComparison.Ordinal)).Where(f => f.Code == code);

        Assert.Equal(["a", "b"], found.Select(f => f.Resource!.Name).Order());
    }

    [Fact]
    public void ServiceEntries_WithDifferentProtocols_Conflict()
    {
        var findings = Run(string.Join("\n---\n", ((string[])["HTTP", "TLS"]).Select(p =>
            $"apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {{name: {p.ToLowerInvariant()}, namespace: shop}}\nspec: {{hosts: [a.com], resolution: DNS, ports: [{{number: 443, name: a, protocol: {p}}}]}}")));

        Assert.Equal(2, findings.Count(f => f.Code == "IST0177"));
    }

    [Fact]
    public void TwoDialects_OnOneService_AreReported()
    {
        var findings = Run("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: v, namespace: shop}
            spec: {hosts: [web.shop.svc.cluster.local], http: [{route: [{destination: {host: web}}]}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: shop}
            spec: {parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name: web, port: 80}]}]}
            """);

        Assert.Contains(findings, f => f is { Code: "NM0105", Resource.Kind: "VirtualService" });
    }

    [Theory]
    [InlineData("cert-manager.io/v1", "Certificate", false)]
    [InlineData("serving.knative.dev/v1", "Service", false)]
    [InlineData("apps/v1", "Deploymnt", true)]
    [InlineData("security.istio.io/v1", "PeerAuthenticaton", true)]
    public void UnknownKind_IsReportedWhereNobodyElseReadsIt(string apiVersion, string kind, bool reported) =>
        Assert.Equal(reported, Run($"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{name: x, namespace: shop}}\nspec: {{}}\n").Any(f => f.Code == "NM0005"));

    [Fact]
    public void SuppressAnnotation_LeavesFindingsOut()
    {
        const string Manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop, annotations: {galley.istio.io/analyze-suppress: 'IST0118,IST0001'}}\nspec: {selector: {app: y}, ports: [{name: foo, port: 8080}]}";

        Assert.DoesNotContain(Run(Manifest), f => f.Code == "IST0118");
    }

    [Fact]
    public void Analyzer_ByName_RunsAlone() =>
        Assert.All(Run("apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop}\nspec: {ports: []}", "service.PortNameAnalyzer"), f => Assert.Equal("service.PortNameAnalyzer", f.Analyzer));

    [Fact]
    public void Analyzer_OfNoName_IsRefused() => Assert.Throws<ArgumentException>(() => Run("", "nobody.Analyzer"));

    [Fact]
    public void Analyzers_HaveUniqueNamesAndKnownCodes()
    {
        Assert.Equal(MeshAnalysis.Analyzers.Length, MeshAnalysis.Analyzers.Select(a => a.Name).Distinct().Count());
        Assert.All(MeshAnalysis.Analyzers.SelectMany(a => a.Codes), code => Assert.NotEmpty(AnalysisCodes.Of(code).Meaning));
    }

    private static ImmutableArray<AnalysisFinding> Run(string manifests, params string[] analyzers)
    {
        var set = ManifestReader.ReadText(Shop + manifests, "in.yaml", ManifestOptions.Default with { KeepInvalid = true });
        Assert.DoesNotContain(set.Findings, f => f.Code is FindingCodes.Malformed);
        return MeshAnalysis.Run(new AnalysisInput(set), analyzers);
    }
}
