using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes;

/// <summary>The kinds that have types here.</summary>
public static class KubernetesKinds
{
    private static readonly KubernetesJsonContext Json = KubernetesJsonContext.Default;

    /// <summary>Namespaces.</summary>
    public static KubernetesKind<V1Namespace> Namespaces { get; } = new("", "v1", "Namespace", "namespaces", false, Json.V1Namespace);

    /// <summary>Pods.</summary>
    public static KubernetesKind<V1Pod> Pods { get; } = new("", "v1", "Pod", "pods", true, Json.V1Pod);

    /// <summary>ConfigMaps.</summary>
    public static KubernetesKind<V1ConfigMap> ConfigMaps { get; } = new("", "v1", "ConfigMap", "configmaps", true, Json.V1ConfigMap);

    /// <summary>Secrets.</summary>
    public static KubernetesKind<V1Secret> Secrets { get; } = new("", "v1", "Secret", "secrets", true, Json.V1Secret);

    /// <summary>Service accounts.</summary>
    public static KubernetesKind<V1ServiceAccount> ServiceAccounts { get; } = new("", "v1", "ServiceAccount", "serviceaccounts", true, Json.V1ServiceAccount);

    /// <summary>Leases.</summary>
    public static KubernetesKind<V1Lease> Leases { get; } = new("coordination.k8s.io", "v1", "Lease", "leases", true, Json.V1Lease);

    /// <summary>Definitions of custom kinds.</summary>
    public static KubernetesKind<V1CustomResourceDefinition> CustomResourceDefinitions { get; } =
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false, Json.V1CustomResourceDefinition);

    /// <summary>Questions whose token one is; create only.</summary>
    public static KubernetesKind<V1TokenReview> TokenReviews { get; } = new("authentication.k8s.io", "v1", "TokenReview", "tokenreviews", false, Json.V1TokenReview);

    /// <summary>Questions what the caller may do; create only.</summary>
    public static KubernetesKind<V1SelfSubjectAccessReview> SelfSubjectAccessReviews { get; } =
        new("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false, Json.V1SelfSubjectAccessReview);
}
