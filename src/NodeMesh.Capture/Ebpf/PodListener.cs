using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct pod_listener</c>: the key of <c>pod_listeners</c>.</summary>
/// <param name="NetworkNamespace">The pod's cookie.</param>
/// <param name="Slot">Which listener.</param>
/// <param name="Reserved">Zero, as in C: keys are compared byte by byte.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PodListener(ulong NetworkNamespace, PodListenerSlot Slot, uint Reserved = 0);
