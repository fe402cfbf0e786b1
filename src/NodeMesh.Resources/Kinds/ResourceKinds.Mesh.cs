using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Kinds.Mesh;
using NodeMesh.Resources.Kinds.Smi;

namespace NodeMesh.Resources.Kinds;

// The kinds of the mesh's dialects that are bound and checked.
public static partial class ResourceKinds
{
    /// <summary>GatewayClass.</summary>
    public static readonly ResourceKind GatewayClass =
        Bound<GatewayClassResource>(MeshGroups.GatewayApi, "GatewayClass", "gatewayclasses", ["v1", "v1beta1"], "gc") with { Namespaced = false };

    /// <summary>Gateway of the Gateway API.</summary>
    public static readonly ResourceKind Gateway = Bound<GatewayResource>(MeshGroups.GatewayApi, "Gateway", "gateways", ["v1", "v1beta1"], "gtw");

    /// <summary>HTTPRoute.</summary>
    public static readonly ResourceKind HttpRoute = Served<HttpRouteResource>(MeshGroups.GatewayApi, "HTTPRoute", "httproutes", ["v1", "v1beta1"]);

    /// <summary>GRPCRoute.</summary>
    public static readonly ResourceKind GrpcRoute = Served<GrpcRouteResource>(MeshGroups.GatewayApi, "GRPCRoute", "grpcroutes", ["v1", "v1alpha2"]);

    /// <summary>TLSRoute.</summary>
    public static readonly ResourceKind TlsRoute = Served<TlsRouteResource>(MeshGroups.GatewayApi, "TLSRoute", "tlsroutes", ["v1", "v1alpha3", "v1alpha2"]);

    /// <summary>TCPRoute of the Gateway API.</summary>
    public static readonly ResourceKind TcpRoute = Served<TcpRouteResource>(MeshGroups.GatewayApi, "TCPRoute", "tcproutes", ["v1", "v1alpha2"]);

    /// <summary>UDPRoute.</summary>
    public static readonly ResourceKind UdpRoute = Bound<UdpRouteResource>(MeshGroups.GatewayApi, "UDPRoute", "udproutes", ["v1", "v1alpha2"]);

    /// <summary>ReferenceGrant.</summary>
    public static readonly ResourceKind ReferenceGrant =
        Served<ReferenceGrantResource>(MeshGroups.GatewayApi, "ReferenceGrant", "referencegrants", ["v1", "v1beta1", "v1alpha2"], "refgrant");

    /// <summary>BackendTLSPolicy.</summary>
    public static readonly ResourceKind BackendTlsPolicy =
        Bound<BackendTlsPolicyResource>(MeshGroups.GatewayApi, "BackendTLSPolicy", "backendtlspolicies", ["v1", "v1alpha3"], "btlspolicy");

    /// <summary>ListenerSet.</summary>
    public static readonly ResourceKind ListenerSet = Bound<ListenerSetResource>(MeshGroups.GatewayApi, "ListenerSet", "listenersets", ["v1"], "lset");

    /// <summary>VirtualService.</summary>
    public static readonly ResourceKind VirtualService = Istio<VirtualServiceResource>("VirtualService", "virtualservices", "vs") with { Support = KindSupport.Served };

    /// <summary>DestinationRule.</summary>
    public static readonly ResourceKind DestinationRule = Istio<DestinationRuleResource>("DestinationRule", "destinationrules", "dr") with { Support = KindSupport.Served };

    /// <summary>ServiceEntry.</summary>
    public static readonly ResourceKind ServiceEntry = Istio<ServiceEntryResource>("ServiceEntry", "serviceentries", "se") with { Support = KindSupport.Served };

    /// <summary>WorkloadEntry.</summary>
    public static readonly ResourceKind WorkloadEntry = Istio<WorkloadEntryResource>("WorkloadEntry", "workloadentries", "we") with { Support = KindSupport.Served };

    /// <summary>WorkloadGroup.</summary>
    public static readonly ResourceKind WorkloadGroup = Istio<WorkloadGroupResource>("WorkloadGroup", "workloadgroups", "wg");

    /// <summary>Sidecar.</summary>
    public static readonly ResourceKind Sidecar = Istio<SidecarResource>("Sidecar", "sidecars") with { Support = KindSupport.Served };

    /// <summary>Gateway of Istio.</summary>
    public static readonly ResourceKind IstioGateway = Istio<IstioGatewayResource>("Gateway", "gateways", "gw");

    /// <summary>EnvoyFilter.</summary>
    public static readonly ResourceKind EnvoyFilter =
        Bound<EnvoyFilterResource>(MeshGroups.IstioNetworking, "EnvoyFilter", "envoyfilters", ["v1alpha3"]);

    /// <summary>ProxyConfig.</summary>
    public static readonly ResourceKind ProxyConfig = Bound<ProxyConfigResource>(MeshGroups.IstioNetworking, "ProxyConfig", "proxyconfigs", ["v1beta1"]);

    /// <summary>RequestAuthentication.</summary>
    public static readonly ResourceKind RequestAuthentication =
        Bound<RequestAuthenticationResource>(MeshGroups.IstioSecurity, "RequestAuthentication", "requestauthentications", ["v1", "v1beta1"], "ra");

    /// <summary>Telemetry.</summary>
    public static readonly ResourceKind Telemetry = Served<TelemetryResource>("telemetry.istio.io", "Telemetry", "telemetries", ["v1", "v1alpha1"], "telemetry");

    /// <summary>WasmPlugin.</summary>
    public static readonly ResourceKind WasmPlugin = Bound<WasmPluginResource>("extensions.istio.io", "WasmPlugin", "wasmplugins", ["v1alpha1"]);

    /// <summary>TrafficSplit.</summary>
    public static readonly ResourceKind TrafficSplit =
        Served<TrafficSplitResource>("split.smi-spec.io", "TrafficSplit", "trafficsplits", ["v1alpha4", "v1alpha3", "v1alpha2"], "ts");

    /// <summary>HTTPRouteGroup.</summary>
    public static readonly ResourceKind HttpRouteGroup =
        Served<HttpRouteGroupResource>("specs.smi-spec.io", "HTTPRouteGroup", "httproutegroups", ["v1alpha4", "v1alpha3"], "htr");

    /// <summary>TCPRoute of SMI.</summary>
    public static readonly ResourceKind SmiTcpRoute = Served<SmiTcpRouteResource>("specs.smi-spec.io", "TCPRoute", "tcproutes", ["v1alpha4", "v1alpha3"], "tr");

    /// <summary>TrafficTarget.</summary>
    public static readonly ResourceKind TrafficTarget =
        Served<TrafficTargetResource>("access.smi-spec.io", "TrafficTarget", "traffictargets", ["v1alpha3", "v1alpha2"], "tt");

    /// <summary>RateLimitPolicy.</summary>
    public static readonly ResourceKind RateLimitPolicy =
        Served<RateLimitPolicyResource>(MeshGroups.NodeMesh, "RateLimitPolicy", "ratelimitpolicies", ["v1alpha1"], "rlp");

    /// <summary>ResiliencePolicy.</summary>
    public static readonly ResourceKind ResiliencePolicy =
        Served<ResiliencePolicyResource>(MeshGroups.NodeMesh, "ResiliencePolicy", "resiliencepolicies", ["v1alpha1"], "rsp");

    // What the data path does not serve yet is bound and checked all the same, and reported as without effect.
    private static ResourceKind Bound<T>(string group, string kind, string plural, ImmutableArray<string> versions, params ImmutableArray<string> shortNames)
        where T : Resource => Served<T>(group, kind, plural, versions, shortNames) with { Support = KindSupport.NotServed };

    private static ResourceKind Istio<T>(string kind, string plural, params ImmutableArray<string> shortNames)
        where T : Resource => Bound<T>(MeshGroups.IstioNetworking, kind, plural, ["v1", "v1beta1", "v1alpha3"], shortNames);
}
