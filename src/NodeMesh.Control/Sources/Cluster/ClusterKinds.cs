using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>
/// What is read from a cluster. Of Kubernetes' own kinds only the fields that the translation reads: an object that a newer server fills with more is
/// read all the same, what changes beside them compiles nothing, and 5,000 pods fit in few megabytes.
/// </summary>
internal static class ClusterKinds
{
    /// <summary>Slices of Services without a selector: the others' endpoints are known from the pods, sooner and with more of them.</summary>
    public static ClusterKind EndpointSlices { get; } = new(ResourceKinds.EndpointSlice, Required: false)
    {
        LabelSelector = "endpointslice.kubernetes.io/managed-by!=endpointslice-controller.k8s.io",
        Fields = new FieldMask(
            "addressType", "ports.name", "ports.port", "ports.protocol", "ports.appProtocol", "endpoints.addresses", "endpoints.conditions.ready",
            "endpoints.conditions.serving", "endpoints.conditions.terminating", "endpoints.nodeName", "endpoints.zone", "endpoints.topology"),
        Versions = ["v1", "v1beta1"],
    };

    /// <summary>All kinds.</summary>
    public static ImmutableArray<ClusterKind> All { get; } =
    [
        new ClusterKind(ResourceKinds.Namespace, Required: true) { Fields = new FieldMask() },
        new ClusterKind(ResourceKinds.Node, Required: true) { Fields = new FieldMask("status.addresses") },
        new ClusterKind(ResourceKinds.Pod, Required: true)
        {
            Fields = new FieldMask(
                "spec.nodeName", "spec.serviceAccountName", "spec.hostNetwork", "spec.containers.name", "spec.containers.ports", "spec.initContainers.name",
                "spec.initContainers.ports", "spec.initContainers.restartPolicy", "status.phase", "status.podIP", "status.podIPs.ip",
                "status.conditions.type", "status.conditions.status"),
        },
        new ClusterKind(ResourceKinds.Service, Required: true)
        {
            Fields = new FieldMask(
                "spec.type", "spec.clusterIP", "spec.clusterIPs", "spec.ports.name", "spec.ports.port", "spec.ports.targetPort", "spec.ports.protocol",
                "spec.ports.appProtocol", "spec.selector", "spec.externalName", "spec.externalIPs", "spec.publishNotReadyAddresses",
                "spec.internalTrafficPolicy", "spec.trafficDistribution"),
        },
        new ClusterKind(ResourceKinds.ServiceAccount, Required: true) { Fields = new FieldMask() },
        EndpointSlices,
        new ClusterKind(ResourceKinds.Endpoints, Required: false)
        {
            InsteadOf = EndpointSlices,
            Fields = new FieldMask(
                "subsets.addresses.ip", "subsets.addresses.nodeName", "subsets.notReadyAddresses.ip", "subsets.notReadyAddresses.nodeName", "subsets.ports.name",
                "subsets.ports.port", "subsets.ports.protocol", "subsets.ports.appProtocol"),
        },
        new ClusterKind(ResourceKinds.NetworkPolicy, Required: false) { Fields = new FieldMask("spec") },
        .. ResourceKinds.All.Where(IsMeshKind).Select(k => new ClusterKind(k, Required: false)),
    ];

    private static bool IsMeshKind(ResourceKind kind) => kind.Type is not null && MeshGroups.Contains(kind.Group);
}
