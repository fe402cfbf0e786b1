using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct own_address</c>: the key of <c>own_addresses</c>.</summary>
/// <param name="NetworkNamespace">The pod's cookie.</param>
/// <param name="Address">An address of the pod.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct OwnAddress(ulong NetworkNamespace, PodAddress Address);
