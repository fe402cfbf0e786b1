using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Validation;

public sealed class DialectValidatorTests
{
    private const string Gateway = "gateway.networking.k8s.io/v1";
    private const string Networking = "networking.istio.io/v1";
    private const string Security = "security.istio.io/v1";

    [Theory]
    [InlineData("{rules: [{matches: [{path: {value: x}}]}]}", "spec.rules[0].matches[0].path.value")]
    [InlineData("{rules: [{matches: [{path: {value: /a//b}}]}]}", "spec.rules[0].matches[0].path.value")]
    [InlineData("{rules: [{matches: [{path: {value: '/a?b=c'}}]}]}", "spec.rules[0].matches[0].path.value")]
    [InlineData("{rules: [{matches: [{path: {type: RegularExpression, value: '(?=a)'}}]}]}", "spec.rules[0].matches[0].path.value")]
    [InlineData("{rules: [{matches: [{method: FETCH}]}]}", "spec.rules[0].matches[0].method")]
    [InlineData("{rules: [{matches: [{headers: [{name: a, value: b}, {name: a, value: c}]}]}]}", "spec.rules[0].matches[0].headers")]
    [InlineData("{rules: [{matches: [{headers: [{name: 'a b', value: b}]}]}]}", "spec.rules[0].matches[0].headers[0].name")]
    [InlineData("{rules: [{backendRefs: [{name: a}]}]}", "spec.rules[0].backendRefs[0].port")]
    [InlineData("{rules: [{backendRefs: [{name: a, port: 80, weight: 1000001}]}]}", "spec.rules[0].backendRefs[0].weight")]
    [InlineData("{rules: [{filters: [{type: RequestRedirect, requestRedirect: {port: 443}}], backendRefs: [{name: a, port: 80}]}]}", "spec.rules[0].backendRefs")]
    [InlineData("{rules: [{filters: [{type: RequestRedirect, requestRedirect: {statusCode: 300}}]}]}", "spec.rules[0].filters[0].requestRedirect.statusCode")]
    [InlineData("{rules: [{filters: [{type: URLRewrite}]}]}", "spec.rules[0].filters[0].urlRewrite")]
    [InlineData("{rules: [{filters: [{type: URLRewrite, urlRewrite: {}, cors: {}}]}]}", "spec.rules[0].filters[0].cors")]
    [InlineData("{rules: [{filters: [{type: URLRewrite, urlRewrite: {}}, {type: RequestRedirect, requestRedirect: {}}]}]}", "spec.rules[0].filters[0]")]
    [InlineData("{rules: [{filters: [{type: URLRewrite, urlRewrite: {}}, {type: URLRewrite, urlRewrite: {}}]}]}", "spec.rules[0].filters[1].type")]
    [InlineData("{rules: [{matches: [{path: {type: Exact, value: /a}}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /b}}}]}]}", "spec.rules[0].filters[0].urlRewrite.path")]
    [InlineData("{rules: [{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, percent: 5, fraction: {numerator: 1}}}]}]}", "spec.rules[0].filters[0].requestMirror.fraction")]
    [InlineData("{rules: [{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, fraction: {numerator: 101}}}]}]}", "spec.rules[0].filters[0].requestMirror.fraction.numerator")]
    [InlineData("{rules: [{timeouts: {request: 1s, backendRequest: 2s}}]}", "spec.rules[0].timeouts.backendRequest")]
    [InlineData("{rules: [{timeouts: {request: 1.5s}}]}", "spec.rules[0].timeouts.request")]
    [InlineData("{rules: [{retry: {codes: [200]}}]}", "spec.rules[0].retry.codes[0]")]
    [InlineData("{rules: [{name: a}, {name: a}]}", "spec.rules[1].name")]
    [InlineData("{rules: [{sessionPersistence: {cookieConfig: {lifetimeType: Permanent}}}]}", "spec.rules[0].sessionPersistence.absoluteTimeout")]
    [InlineData("{parentRefs: [{name: a}, {name: a}]}", "spec.parentRefs[1]")]
    [InlineData("{parentRefs: [{name: a, sectionName: x}, {name: a, sectionName: x}]}", "spec.parentRefs[1]")]
    [InlineData("{hostnames: ['a:80']}", "spec.hostnames[0]")]
    [InlineData("{rules: [{macthes: []}]}", "spec.rules[0].macthes")]
    public void HttpRoute_Wrong_IsRefusedAtItsField(string spec, string field) => Refused(Gateway, "HTTPRoute", spec, field);

    [Theory]
    [InlineData("GRPCRoute", "{rules: [{matches: [{method: {}}]}]}", "spec.rules[0].matches[0].method")]
    [InlineData("GRPCRoute", "{rules: [{matches: [{method: {service: 'a/b'}}]}]}", "spec.rules[0].matches[0].method.service")]
    [InlineData("TLSRoute", "{hostnames: [10.0.0.1], rules: [{backendRefs: [{name: a, port: 1}]}]}", "spec.hostnames[0]")]
    [InlineData("TLSRoute", "{hostnames: [a.com], rules: []}", "spec.rules")]
    [InlineData("TCPRoute", "{rules: [{backendRefs: []}]}", "spec.rules[0].backendRefs")]
    [InlineData("UDPRoute", "{rules: [{backendRefs: [{name: a}]}]}", "spec.rules[0].backendRefs[0].port")]
    [InlineData("Gateway", "{gatewayClassName: a, listeners: []}", "spec.listeners")]
    [InlineData("Gateway", "{gatewayClassName: a, listeners: [{name: a, port: 80, protocol: HTTP, tls: {}}]}", "spec.listeners[0].tls")]
    [InlineData("Gateway", "{gatewayClassName: a, listeners: [{name: a, port: 443, protocol: HTTPS, tls: {mode: Passthrough}}]}", "spec.listeners[0].tls.mode")]
    [InlineData("Gateway", "{gatewayClassName: a, listeners: [{name: a, port: 443, protocol: HTTPS, tls: {}}]}", "spec.listeners[0].tls.certificateRefs")]
    [InlineData("Gateway", "{gatewayClassName: a, listeners: [{name: a, port: 443, protocol: TLS}]}", "spec.listeners[0].tls")]
    [InlineData("Gateway", "{gatewayClassName: a, listeners: [{name: a, port: 1, protocol: TCP, hostname: a.com}]}", "spec.listeners[0].hostname")]
    [InlineData("Gateway", "{gatewayClassName: a, listeners: [{name: a, port: 1, protocol: TCP}, {name: b, port: 1, protocol: TCP}]}", "spec.listeners[1]")]
    [InlineData("ReferenceGrant", "{from: [], to: [{group: '', kind: Service}]}", "spec.from")]
    [InlineData("BackendTLSPolicy", "{targetRefs: [{group: '', kind: Service, name: a}], validation: {hostname: a.com}}", "spec.validation")]
    public void GatewayApi_Wrong_IsRefusedAtItsField(string kind, string spec, string field) => Refused(Gateway, kind, spec, field);

    [Theory]
    [InlineData("{hosts: ['*'], http: [{route: [{destination: {host: a}}]}]}", "spec.hosts[0]")]
    [InlineData("{hosts: [a.com, '*.com'], http: [{route: [{destination: {host: a}}]}]}", "spec.hosts[1]")]
    [InlineData("{hosts: [a], http: [{}]}", "spec.http[0].route")]
    [InlineData("{hosts: [a]}", "spec")]
    [InlineData("{hosts: [a], http: [{redirect: {uri: /}, route: [{destination: {host: a}}]}]}", "spec.http[0].route")]
    [InlineData("{hosts: [a], http: [{redirect: {}}]}", "spec.http[0].redirect")]
    [InlineData("{hosts: [a], http: [{match: [{uri: {regex: '['}}], route: [{destination: {host: a}}]}]}", "spec.http[0].match[0].uri.regex")]
    [InlineData("{hosts: [a], http: [{match: [{uri: {exact: a, prefix: b}}], route: [{destination: {host: a}}]}]}", "spec.http[0].match[0].uri.prefix")]
    [InlineData("{hosts: [a], http: [{route: [{destination: {host: a}, weight: -1}]}]}", "spec.http[0].route[0].weight")]
    [InlineData("{hosts: [a], http: [{route: [{destination: {host: a}, weight: 0}, {destination: {host: b}}]}]}", "spec.http[0].route")]
    [InlineData("{hosts: [a], http: [{route: [{destination: {host: a, port: {number: 0}}}]}]}", "spec.http[0].route[0].destination.port.number")]
    [InlineData("{hosts: [a], http: [{timeout: 1, route: [{destination: {host: a}}]}]}", "spec.http[0].timeout")]
    [InlineData("{hosts: [a], http: [{timeout: fast, route: [{destination: {host: a}}]}]}", "spec.http[0].timeout")]
    [InlineData("{hosts: [a], http: [{retries: {attempts: 2, retryOn: never}, route: [{destination: {host: a}}]}]}", "spec.http[0].retries.retryOn")]
    [InlineData("{hosts: [a], http: [{retries: {attempts: 0, perTryTimeout: 1s}, route: [{destination: {host: a}}]}]}", "spec.http[0].retries.attempts")]
    [InlineData("{hosts: [a], http: [{fault: {}, route: [{destination: {host: a}}]}]}", "spec.http[0].fault")]
    [InlineData("{hosts: [a], http: [{fault: {abort: {httpStatus: 700}}, route: [{destination: {host: a}}]}]}", "spec.http[0].fault.abort.httpStatus")]
    [InlineData("{hosts: [a], http: [{fault: {delay: {fixedDelay: 1s, percentage: {value: 101}}}, route: [{destination: {host: a}}]}]}", "spec.http[0].fault.delay.percentage.value")]
    [InlineData("{hosts: [a], http: [{mirrorPercentage: {value: 200}, route: [{destination: {host: a}}]}]}", "spec.http[0].mirrorPercentage.value")]
    [InlineData("{hosts: [a], tls: [{match: [{sniHosts: [b.com]}], route: [{destination: {host: a}}]}]}", "spec.tls[0].match[0].sniHosts[0]")]
    [InlineData("{hosts: [a], tcp: [{route: []}]}", "spec.tcp[0].route")]
    [InlineData("{gateways: [g], http: [{route: [{destination: {host: a}}]}]}", "spec.gateways")]
    [InlineData("{hosts: [a], exportTo: ['*', b], http: [{route: [{destination: {host: a}}]}]}", "spec.exportTo")]
    [InlineData("{hosts: [a], http: [{match: [{headers: {'@request.auth.claims.sub': {exact: x}}}], route: [{destination: {host: a}}]}]}", "spec.http[0].match[0].headers[\"@request.auth.claims.sub\"]")]
    public void VirtualService_Wrong_IsRefusedAtItsField(string spec, string field) => Refused(Networking, "VirtualService", spec, field);

    [Theory]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {}}", "spec.trafficPolicy")]
    [InlineData("DestinationRule", "{host: a, subsets: [{name: v1}, {name: v1}]}", "spec.subsets[1].name")]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {loadBalancer: {simple: FASTEST}}}", "spec.trafficPolicy.loadBalancer.simple")]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}}}", "spec.trafficPolicy.loadBalancer.consistentHash")]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 10}}}}}", "spec.trafficPolicy.loadBalancer.consistentHash.maglev.tableSize")]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {loadBalancer: {warmup: {minimumPercent: 5.0}}}}", "spec.trafficPolicy.loadBalancer.warmup.duration")]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {loadBalancer: {warmup: {duration: 300s, aggression: 0.3}}}}", "spec.trafficPolicy.loadBalancer.warmup.aggression")]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {outlierDetection: {maxEjectionPercent: 101}}}", "spec.trafficPolicy.outlierDetection.maxEjectionPercent")]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {connectionPool: {}}}", "spec.trafficPolicy.connectionPool")]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {tls: {mode: MUTUAL}}}", "spec.trafficPolicy.tls.clientCertificate")]
    [InlineData("DestinationRule", "{host: a, trafficPolicy: {tls: {mode: ISTIO_MUTUAL, caCertificates: /x}}}", "spec.trafficPolicy.tls.caCertificates")]
    [InlineData("ServiceEntry", "{hosts: ['*']}", "spec.hosts[0]")]
    [InlineData("ServiceEntry", "{}", "spec.hosts")]
    [InlineData("ServiceEntry", "{hosts: [a.com], addresses: [1.2.3.4/16], resolution: DNS}", "spec.addresses[0]")]
    [InlineData("ServiceEntry", "{hosts: [a.com], ports: [{name: a, number: 1}, {name: a, number: 12}]}", "spec.ports")]
    [InlineData("ServiceEntry", "{hosts: [a.com], ports: [{name: a, number: 1}, {name: b, number: 1}]}", "spec.ports[1].number")]
    [InlineData("ServiceEntry", "{hosts: [a.com], ports: [{name: a, number: 99999}]}", "spec.ports[0].number")]
    [InlineData("ServiceEntry", "{hosts: [a.com], endpoints: [{address: 1.2.3.4}], resolution: NONE}", "spec.endpoints")]
    [InlineData("ServiceEntry", "{hosts: [a.com], resolution: DNS_ROUND_ROBIN, endpoints: [{address: b.com}, {address: c.com}]}", "spec.endpoints")]
    [InlineData("ServiceEntry", "{hosts: [a.com], resolution: STATIC, endpoints: [{address: b.com}]}", "spec.endpoints[0].address")]
    [InlineData("ServiceEntry", "{hosts: [a.com, b.com], resolution: STATIC, ports: [{name: a, number: 1, protocol: TCP}]}", "spec.hosts")]
    [InlineData("WorkloadEntry", "{}", "spec.address")]
    [InlineData("WorkloadEntry", "{address: 'unix:///dir/'}", "spec.address")]
    [InlineData("WorkloadEntry", "{address: 'unix://@foo', ports: {http: 80}}", "spec.ports")]
    [InlineData("WorkloadEntry", "{address: 1.1.1.1, ports: {http: 99999}}", "spec.ports.http")]
    [InlineData("WorkloadGroup", "{probe: {tcpSocket: {port: 65536}}, template: {}}", "spec.probe.tcpSocket.port")]
    [InlineData("WorkloadGroup", "{probe: {httpGet: {port: 80, httpHeaders: [{name: '**'}]}}, template: {}}", "spec.probe.httpGet.httpHeaders[0].name")]
    [InlineData("Sidecar", "{}", "spec")]
    [InlineData("Sidecar", "{egress: [{hosts: [reviews]}]}", "spec.egress[0].hosts[0]")]
    [InlineData("Sidecar", "{egress: [{hosts: ['*/*']}, {port: {number: 80, protocol: HTTP}, hosts: ['*/*']}]}", "spec.egress[0]")]
    [InlineData("Gateway", "{selector: {a: b}}", "spec.servers")]
    [InlineData("Gateway", "{servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ['*']}]}", "spec.servers[0].tls")]
    [InlineData("Gateway", "{servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ['*'], tls: {mode: SIMPLE}}]}", "spec.servers[0].tls.serverCertificate")]
    [InlineData("Gateway", "{servers: [{port: {number: 80, name: http, protocol: FTP}, hosts: ['*']}]}", "spec.servers[0].port.protocol")]
    public void IstioNetworking_Wrong_IsRefusedAtItsField(string kind, string spec, string field) => Refused(Networking, kind, spec, field);

    [Theory]
    [InlineData("{jwtRules: [{issuer: a, jwksUri: 'hTPp\\\\blah'}]}", "spec.jwtRules[0].jwksUri")]
    [InlineData("{jwtRules: [null]}", "spec.jwtRules[0]")]
    [InlineData("{jwtRules: [{issuer: a, audiences: ['']}]}", "spec.jwtRules[0].audiences[0]")]
    [InlineData("{jwtRules: [{issuer: a, jwks: '{}'}]}", "spec.jwtRules[0].jwks")]
    [InlineData("{jwtRules: [{issuer: a, timeout: apple}]}", "spec.jwtRules[0].timeout")]
    [InlineData("{jwtRules: [{issuer: a, fromHeaders: [{prefix: b}]}]}", "spec.jwtRules[0].fromHeaders[0].name")]
    [InlineData("{jwtRules: [{issuer: a, outputClaimToHeaders: [{claim: x, header: ':authority'}]}]}", "spec.jwtRules[0].outputClaimToHeaders[0].header")]
    [InlineData("{selector: {matchLabels: {a: b}}, targetRef: {group: '', kind: Service, name: a}}", "spec.targetRef")]
    [InlineData("{targetRef: {group: '', kind: Service, name: a, namespace: b}}", "spec.targetRef.namespace")]
    public void RequestAuthentication_Wrong_IsRefusedAtItsField(string spec, string field) => Refused(Security, "RequestAuthentication", spec, field);

    [Theory]
    [InlineData("telemetry.istio.io/v1", "Telemetry", "{metrics: [{providers: [{name: ''}]}]}", "spec.metrics[0].providers[0].name")]
    [InlineData("telemetry.istio.io/v1", "Telemetry", "{metrics: [{overrides: [{tagOverrides: {foo: {operation: UPSERT}}}]}]}", "spec.metrics[0].overrides[0].tagOverrides.foo.value")]
    [InlineData("telemetry.istio.io/v1", "Telemetry", "{metrics: [{overrides: [{tagOverrides: {foo: {operation: REMOVE, value: x}}}]}]}", "spec.metrics[0].overrides[0].tagOverrides.foo.value")]
    [InlineData("telemetry.istio.io/v1", "Telemetry", "{tracing: [{randomSamplingPercentage: 101}]}", "spec.tracing[0].randomSamplingPercentage")]
    [InlineData("extensions.istio.io/v1alpha1", "WasmPlugin", "{url: 'fake://a'}", "spec.url")]
    [InlineData("extensions.istio.io/v1alpha1", "WasmPlugin", "{url: 'http://a', sha256: foo}", "spec.sha256")]
    [InlineData("extensions.istio.io/v1alpha1", "WasmPlugin", "{url: 'http://a', vmConfig: {env: [{name: a}, {name: a}]}}", "spec.vmConfig.env")]
    [InlineData("networking.istio.io/v1alpha3", "EnvoyFilter", "{configPatches: [{applyTo: CLUSTER}]}", "spec.configPatches[0].patch")]
    [InlineData("networking.istio.io/v1beta1", "ProxyConfig", "{concurrency: -1}", "spec.concurrency")]
    [InlineData("split.smi-spec.io/v1alpha4", "TrafficSplit", "{service: a, backends: [{service: b, weight: 0}]}", "spec.backends")]
    [InlineData("split.smi-spec.io/v1alpha4", "TrafficSplit", "{service: a, backends: []}", "spec.backends")]
    [InlineData("specs.smi-spec.io/v1alpha4", "HTTPRouteGroup", "{matches: [{name: a, pathRegex: '('}]}", "spec.matches[0].pathRegex")]
    [InlineData("access.smi-spec.io/v1alpha3", "TrafficTarget", "{destination: {kind: ServiceAccount, name: a, namespace: other}, sources: [{kind: ServiceAccount, name: b}]}", "spec.destination.namespace")]
    [InlineData("networking.istio.io/v9", "VirtualService", "{hosts: [a], http: [{route: [{destination: {host: a}}]}]}", "apiVersion")]
    [InlineData("networking.istio.io/v1", "VirtualServise", "{}", "kind")]
    public void OtherKinds_Wrong_AreRefusedAtTheirField(string apiVersion, string kind, string spec, string field) => Refused(apiVersion, kind, spec, field);

    [Theory]
    [InlineData(Gateway, "HTTPRoute", "{parentRefs: [{group: '', kind: Service, name: a, port: 80}], rules: [{matches: [{path: {type: PathPrefix, value: /v1}, headers: [{name: x, value: y}]}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}], backendRefs: [{name: a, port: 80, weight: 9}], timeouts: {request: 10s, backendRequest: 2s}}]}")]
    [InlineData(Gateway, "Gateway", "{gatewayClassName: a, listeners: [{name: http, port: 80, protocol: HTTP}, {name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: a}]}}]}")]
    [InlineData(Networking, "VirtualService", "{hosts: [reviews], http: [{match: [{uri: {prefix: /a}, headers: {end-user: {exact: jason}}}], route: [{destination: {host: reviews, subset: v2}}], timeout: 500ms, retries: {attempts: 3, perTryTimeout: 2s, retryOn: 'gateway-error,503'}}, {route: [{destination: {host: reviews}, weight: 75}, {destination: {host: ratings}, weight: 25}]}]}")]
    [InlineData(Networking, "DestinationRule", "{host: reviews, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: user, ttl: 0s}}}, connectionPool: {tcp: {maxConnections: 100, connectTimeout: 30ms}}, outlierDetection: {consecutive5xxErrors: 7, interval: 5m, baseEjectionTime: 15m}}, subsets: [{name: v1, labels: {version: v1}}]}")]
    [InlineData(Networking, "ServiceEntry", "{hosts: [api.example.com], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 443, name: https, protocol: TLS}], exportTo: ['.']}")]
    [InlineData(Security, "RequestAuthentication", "{selector: {matchLabels: {a: b}}, jwtRules: [{issuer: a, jwksUri: 'https://a.com/jwks', fromHeaders: [{name: x-token, prefix: 'Bearer '}]}]}")]
    [InlineData("split.smi-spec.io/v1alpha4", "TrafficSplit", "{service: a, backends: [{service: b, weight: 10}, {service: c, weight: 0}]}")]
    public void Good_IsTaken_AndReportedWhereItIsNotServed(string apiVersion, string kind, string spec)
    {
        var set = Read(apiVersion, kind, spec);

        Assert.NotNull(Assert.Single(set.Documents).Resource);
        var served = kind is "HTTPRoute" or "VirtualService" or "DestinationRule" or "ServiceEntry" or "TrafficSplit";
        Assert.Equal(served ? [] : [FindingCodes.NotServed], set.Findings.Select(f => f.Code));
    }

    [Fact]
    public void VirtualService_RulesThatAreNeverUsed_AreReported()
    {
        var set = Read(Networking, "VirtualService", """
            {hosts: [a], http: [
              {match: [{uri: {prefix: /a}}], route: [{destination: {host: a}}]},
              {match: [{uri: {prefix: /a}}], route: [{destination: {host: a}}]},
              {match: [{uri: {prefix: /ab}}], route: [{destination: {host: a}}]},
              {route: [{destination: {host: a}}]},
              {route: [{destination: {host: a}}]}]}
            """);

        Assert.Equal(
            [("spec.http[1].match[0]", FindingCodes.IneffectiveMatch), ("spec.http[1]", FindingCodes.UnreachableRule), ("spec.http[4]", FindingCodes.UnreachableRule), ("spec.http[2].match[0]", FindingCodes.IneffectiveMatch), ("spec.http[2].match[0]", FindingCodes.IneffectiveMatch)],
            set.Findings.Where(f => f.Code != FindingCodes.NotServed).Select(f => (f.Field, f.Code)));
    }

    [Fact]
    public void KeepInvalid_UnknownField_KeepsTheResourceAndReportsTheField()
    {
        var set = ManifestReader.ReadText("apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: d}\nspec: {host: a, futureField: 1}", "in.yaml", ManifestOptions.Default with { KeepInvalid = true });

        Assert.NotNull(Assert.Single(set.Documents).Resource);
        Assert.Contains(set.Findings, f => f is { Code: FindingCodes.UnknownField, Field: "spec.futureField", Level: FindingLevel.Error });
    }

    private static void Refused(string apiVersion, string kind, string spec, string field)
    {
        var set = Read(apiVersion, kind, spec);

        Assert.Empty(set.Documents);
        Assert.Contains(set.Findings, f => f.Level == FindingLevel.Error && f.Field == field && f.Line > 0);
    }

    private static ManifestSet Read(string apiVersion, string kind, string spec) =>
        ManifestReader.ReadText($"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}", "in.yaml");
}
