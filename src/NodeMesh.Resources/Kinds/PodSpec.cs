using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>What runs in a pod.</summary>
[KnownFields("affinity", "automountServiceAccountToken", "enableServiceLinks", "imagePullSecrets", "os", "preemptionPolicy", "priority", "priorityClassName", "readinessGates", "runtimeClassName", "schedulerName", "schedulingGates", "securityContext", "serviceAccount", "setHostnameAsFQDN", "tolerations", "topologySpreadConstraints", "resourceClaims", "overhead", "hostUsers", "resources", "workloadRef", "schedulingGroup")]
[WithoutEffect("ephemeralContainers", "is not served by nodemesh local")]
[WithoutEffect("hostIPC", "is not served by nodemesh local")]
[WithoutEffect("hostPID", "is not served by nodemesh local")]
[WithoutEffect("shareProcessNamespace", "is not served by nodemesh local")]
[WithoutEffect("hostAliases", "is not served by nodemesh local")]
[WithoutEffect("dnsConfig", "is not served by nodemesh local")]
[WithoutEffect("activeDeadlineSeconds", "is not served by nodemesh local")]
public sealed record PodSpec
{
    /// <summary>The containers; in nodemesh local each is a process in the pod's namespaces.</summary>
    public required ImmutableArray<Container> Containers { get; init; }

    /// <summary>Containers that run to their end, one after the other, before the others start.</summary>
    public ImmutableArray<Container> InitContainers { get; init; } = [];

    /// <summary>Volumes that containers mount.</summary>
    public ImmutableArray<Volume> Volumes { get; init; } = [];

    /// <summary>What happens when a container ends; Always when missing.</summary>
    [OneOf("Always", "OnFailure", "Never")]
    public string? RestartPolicy { get; init; }

    /// <summary>Seconds between SIGTERM and SIGKILL; 30 when missing.</summary>
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>Where names are resolved; ClusterFirst when missing.</summary>
    [OneOf("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")]
    public string? DnsPolicy { get; init; }

    /// <summary>The node it runs on; chosen when missing.</summary>
    public string? NodeName { get; init; }

    /// <summary>Labels that its node must have.</summary>
    public ImmutableDictionary<string, string> NodeSelector { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its service account: half of its identity; default when missing.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>True when it lives in the node's network namespace.</summary>
    public bool? HostNetwork { get; init; }

    /// <summary>Its host name; the pod's name when missing.</summary>
    public string? Hostname { get; init; }

    /// <summary>The headless service under which it has a name of its own.</summary>
    public string? Subdomain { get; init; }
}
