namespace NodeMesh.Capture.Ebpf;

/// <summary><c>port_rule.kind</c> of native/include/nodemesh/capture.h.</summary>
internal enum PortRuleKind : ushort
{
    /// <summary>Connections to this port are not captured.</summary>
    OutboundExcluded = 1,

    /// <summary>Connections to this port are captured whatever the address.</summary>
    OutboundIncluded = 2,

    /// <summary>Connections to the pod's port are not captured.</summary>
    InboundExcluded = 3,

    /// <summary>Connections to the pod's port are captured, where not all are.</summary>
    InboundIncluded = 4,
}
