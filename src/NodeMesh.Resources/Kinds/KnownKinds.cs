using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Kinds that are recognised, kept and reported as without effect.</summary>
internal static class KnownKinds
{
    /// <summary>The kinds.</summary>
    public static ImmutableArray<ResourceKind> NotServed { get; } =
    [
        Of("gateway.networking.x-k8s.io", "XListenerSet", "xlistenersets"),
        Of("gateway.networking.x-k8s.io", "XBackendTrafficPolicy", "xbackendtrafficpolicies"),
        Cluster("gateway.networking.x-k8s.io", "XMesh", "xmeshes"),
        Of("extensions.istio.io", "TrafficExtension", "trafficextensions"),
        Of("install.istio.io", "IstioOperator", "istiooperators", "iop"),
        Of("networking.k8s.io", "Ingress", "ingresses", "ing"),
        Of("batch", "CronJob", "cronjobs", "cj"),
        Of("policy", "PodDisruptionBudget", "poddisruptionbudgets", "pdb"),
        Of("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa"),
        Of("rbac.authorization.k8s.io", "Role", "roles"),
        Of("rbac.authorization.k8s.io", "RoleBinding", "rolebindings"),
        Cluster("rbac.authorization.k8s.io", "ClusterRole", "clusterroles"),
        Cluster("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings"),
        Cluster("admissionregistration.k8s.io", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
        Cluster("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
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
