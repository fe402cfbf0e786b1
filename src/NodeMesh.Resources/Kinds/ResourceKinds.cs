using System.Collections.Frozen;
using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>The kinds that NodeMesh knows.</summary>
public static partial class ResourceKinds
{
    /// <summary>Namespace.</summary>
    public static readonly ResourceKind Namespace = Core<NamespaceResource>("Namespace", "namespaces", "ns") with { Namespaced = false };

    /// <summary>Node.</summary>
    public static readonly ResourceKind Node = Core<NodeResource>("Node", "nodes", "no") with { Namespaced = false };

    /// <summary>ServiceAccount.</summary>
    public static readonly ResourceKind ServiceAccount = Core<ServiceAccountResource>("ServiceAccount", "serviceaccounts", "sa");

    /// <summary>Pod.</summary>
    public static readonly ResourceKind Pod = Core<PodResource>("Pod", "pods", "po");

    /// <summary>Service.</summary>
    public static readonly ResourceKind Service = Core<ServiceResource>("Service", "services", "svc");

    /// <summary>Endpoints.</summary>
    public static readonly ResourceKind Endpoints = Core<EndpointsResource>("Endpoints", "endpoints", "ep");

    /// <summary>ConfigMap.</summary>
    public static readonly ResourceKind ConfigMap = Core<ConfigMapResource>("ConfigMap", "configmaps", "cm");

    /// <summary>Secret.</summary>
    public static readonly ResourceKind Secret = Core<SecretResource>("Secret", "secrets");

    /// <summary>EndpointSlice.</summary>
    public static readonly ResourceKind EndpointSlice = Served<EndpointSliceResource>("discovery.k8s.io", "EndpointSlice", "endpointslices", ["v1"]);

    /// <summary>Deployment.</summary>
    public static readonly ResourceKind Deployment = Served<DeploymentResource>("apps", "Deployment", "deployments", ["v1"], "deploy");

    /// <summary>ReplicaSet.</summary>
    public static readonly ResourceKind ReplicaSet = Served<ReplicaSetResource>("apps", "ReplicaSet", "replicasets", ["v1"], "rs");

    /// <summary>StatefulSet.</summary>
    public static readonly ResourceKind StatefulSet = Served<StatefulSetResource>("apps", "StatefulSet", "statefulsets", ["v1"], "sts");

    /// <summary>DaemonSet.</summary>
    public static readonly ResourceKind DaemonSet = Served<DaemonSetResource>("apps", "DaemonSet", "daemonsets", ["v1"], "ds");

    /// <summary>Job.</summary>
    public static readonly ResourceKind Job = Served<JobResource>("batch", "Job", "jobs", ["v1"]);

    /// <summary>AuthorizationPolicy.</summary>
    public static readonly ResourceKind AuthorizationPolicy =
        Served<AuthorizationPolicyResource>("security.istio.io", "AuthorizationPolicy", "authorizationpolicies", ["v1", "v1beta1"], "ap");

    /// <summary>PeerAuthentication.</summary>
    public static readonly ResourceKind PeerAuthentication =
        Served<PeerAuthenticationResource>("security.istio.io", "PeerAuthentication", "peerauthentications", ["v1", "v1beta1"], "pa");

    /// <summary>NetworkPolicy.</summary>
    public static readonly ResourceKind NetworkPolicy = Served<NetworkPolicyResource>("networking.k8s.io", "NetworkPolicy", "networkpolicies", ["v1"], "netpol");

    private static readonly FrozenDictionary<(string Group, string Kind), ResourceKind> ByKind;
    private static readonly FrozenDictionary<string, ResourceKind> ByWord;
    private static readonly FrozenDictionary<Type, ResourceKind> ByType;

    static ResourceKinds()
    {
        ImmutableArray<ResourceKind> served =
        [
            Namespace, Node, ServiceAccount, Pod, Service, Endpoints, ConfigMap, Secret, EndpointSlice, Deployment, ReplicaSet, StatefulSet,
            DaemonSet, Job, AuthorizationPolicy, PeerAuthentication, NetworkPolicy, RateLimitPolicy, ResiliencePolicy,
        ];
        ImmutableArray<ResourceKind> bound =
        [
            GatewayClass, Gateway, HttpRoute, GrpcRoute, TlsRoute, TcpRoute, UdpRoute, ReferenceGrant, BackendTlsPolicy, ListenerSet, VirtualService,
            DestinationRule, ServiceEntry, WorkloadEntry, WorkloadGroup, Sidecar, IstioGateway, EnvoyFilter, ProxyConfig, RequestAuthentication,
            Telemetry, WasmPlugin, TrafficSplit, HttpRouteGroup, SmiTcpRoute, TrafficTarget,
        ];
        All = [.. served, .. bound, .. KnownKinds.NotServed];
        ByKind = All.ToFrozenDictionary(k => (k.Group, k.Kind));
        ByType = served.Concat(bound).ToFrozenDictionary(k => k.Type!);
        var words = new Dictionary<string, ResourceKind>(StringComparer.OrdinalIgnoreCase);
        foreach (var kind in All)
        {
            foreach (var word in (IEnumerable<string>)[kind.Kind, kind.Plural, .. kind.ShortNames, $"{kind.Plural}.{kind.Group}"])
            {
                words.TryAdd(word, kind);
            }
        }

        ByWord = words.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>All kinds, served ones first.</summary>
    public static ImmutableArray<ResourceKind> All { get; }

    /// <summary>The kind of an apiVersion and kind.</summary>
    /// <param name="apiVersion">Group and version.</param>
    /// <param name="kind">The kind.</param>
    /// <returns>The kind; one with <see cref="KindSupport.Unknown"/> (taken for namespaced) when nothing is known of it.</returns>
    public static ResourceKind Find(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : apiVersion[..slash];
        return ByKind.TryGetValue((group, kind), out var known)
            ? known
            : new ResourceKind(group, kind, kind.ToLowerInvariant() + "s", true, KindSupport.Unknown) { Versions = [apiVersion[(slash + 1)..]] };
    }

    /// <summary>The kind that a user names on a command line: kind, plural, short name, or <c>plural.group</c>; case does not matter.</summary>
    /// <param name="word">The word.</param>
    /// <returns>The kind, or null.</returns>
    public static ResourceKind? FindByWord(string word) => ByWord.GetValueOrDefault(word);

    /// <summary>The kind of a type.</summary>
    /// <param name="type">A type derived from <see cref="Resource"/>.</param>
    /// <returns>The kind.</returns>
    /// <exception cref="KeyNotFoundException">The type is none of ours.</exception>
    public static ResourceKind Of(Type type) => ByType[type];

    private static ResourceKind Core<T>(string kind, string plural, params ImmutableArray<string> shortNames)
        where T : Resource => Served<T>("", kind, plural, ["v1"], shortNames);

    private static ResourceKind Served<T>(string group, string kind, string plural, ImmutableArray<string> versions, params ImmutableArray<string> shortNames)
        where T : Resource =>
        new(group, kind, plural, true, KindSupport.Served) { Versions = versions, ShortNames = shortNames, Type = typeof(T) };
}
