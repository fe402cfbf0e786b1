namespace NodeMesh.Capture.Ebpf;

/// <summary><c>pod_listener.slot</c> of native/include/nodemesh/capture.h.</summary>
internal enum PodListenerSlot : uint
{
    /// <summary>Takes connections to the pod.</summary>
    Inbound = 0,

    /// <summary>Takes connections from behind the pod's virtual interfaces.</summary>
    Outbound = 1,
}
