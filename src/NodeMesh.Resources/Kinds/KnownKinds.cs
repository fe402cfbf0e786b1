using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Kinds that are recognised, kept and reported as without effect.</summary>
internal static class KnownKinds
{
    private const string GatewayApi = "gateway.networking.k8s.io";
    private const string IstioNetworking = "networking.istio.io";

    /// <summary>The kinds.</summary>
    public static ImmutableArray<ResourceKind> NotServed { get; } =
    [
        Cluster(GatewayApi, "GatewayClass", "gatewayclasses", "gc"),
        Of(GatewayApi, "Gateway", "gateways", "gtw"),
        Of(GatewayApi, "HTTPRoute", "httproutes"),
        Of(GatewayApi, "GRPCRoute", "grpcroutes"),
        Of(GatewayApi, "TCPRoute", "tcproutes"),
        Of(GatewayApi, "TLSRoute", "tlsroutes"),
        Of(GatewayApi, "UDPRoute", "udproutes"),
        Of(GatewayApi, "ReferenceGrant", "referencegrants", "refgrant"),
        Of(GatewayApi, "BackendTLSPolicy", "backendtlspolicies", "btlspolicy"),
        Of(GatewayApi, "ListenerSet", "listenersets"),
        Of(IstioNetworking, "VirtualService", "virtualservices", "vs"),
        Of(IstioNetworking, "DestinationRule", "destinationrules", "dr"),
        Of(IstioNetworking, "Gateway", "gateways"),
        Of(IstioNetworking, "Sidecar", "sidecars"),
        Of(IstioNetworking, "EnvoyFilter", "envoyfilters"),
        Of(IstioNetworking, "WorkloadGroup", "workloadgroups", "wg"),
        Of(IstioNetworking, "ProxyConfig", "proxyconfigs"),
        Of("security.istio.io", "RequestAuthentication", "requestauthentications", "ra"),
        Of("telemetry.istio.io", "Telemetry", "telemetries", "telemetry"),
        Of("extensions.istio.io", "WasmPlugin", "wasmplugins"),
        Of("split.smi-spec.io", "TrafficSplit", "trafficsplits", "ts"),
        Of("access.smi-spec.io", "TrafficTarget", "traffictargets", "tt"),
        Of("specs.smi-spec.io", "HTTPRouteGroup", "httproutegroups"),
        Of("specs.smi-spec.io", "TCPRoute", "tcproutes"),
        Of("networking.k8s.io", "NetworkPolicy", "networkpolicies", "netpol"),
        Of("networking.k8s.io", "Ingress", "ingresses", "ing"),
        Of("batch", "CronJob", "cronjobs", "cj"),
        Of("policy", "PodDisruptionBudget", "poddisruptionbudgets", "pdb"),
        Of("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa"),
        Of("rbac.authorization.k8s.io", "Role", "roles"),
        Of("rbac.authorization.k8s.io", "RoleBinding", "rolebindings"),
        Cluster("rbac.authorization.k8s.io", "ClusterRole", "clusterroles"),
        Cluster("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings"),
        Cluster("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", "crd"),
        Cluster("storage.k8s.io", "StorageClass", "storageclasses", "sc"),
        Of("", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc"),
        Cluster("", "PersistentVolume", "persistentvolumes", "pv"),
        Of("", "ResourceQuota", "resourcequotas", "quota"),
        Of("", "LimitRange", "limitranges", "limits"),
    ];

    private static ResourceKind Of(string group, string kind, string plural, params ImmutableArray<string> shortNames) =>
        new(group, kind, plural, true, KindSupport.NotServed) { ShortNames = shortNames, Versions = group.Length == 0 ? ["v1"] : [] };

    private static ResourceKind Cluster(string group, string kind, string plural, params ImmutableArray<string> shortNames) =>
        Of(group, kind, plural, shortNames) with { Namespaced = false };
}
