using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct virtual_interface</c>: the key of <c>virtual_interfaces</c>.</summary>
/// <param name="NetworkNamespace">The pod's cookie.</param>
/// <param name="Index">The device's number in it.</param>
/// <param name="Reserved">Zero, as in C: keys are compared byte by byte.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct VirtualInterface(ulong NetworkNamespace, uint Index, uint Reserved = 0);
