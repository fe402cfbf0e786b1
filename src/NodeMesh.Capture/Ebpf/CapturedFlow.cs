using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct captured_flow</c>: the key of <c>original_destinations</c>.</summary>
/// <param name="NetworkNamespace">The pod's cookie.</param>
/// <param name="ClientAddress">The client's address.</param>
/// <param name="ClientPort">The client's port.</param>
/// <param name="ListenerPort">The listener that it goes to.</param>
/// <param name="Reserved">Zero, as in C: keys are compared byte by byte.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CapturedFlow(ulong NetworkNamespace, PodAddress ClientAddress, ushort ClientPort, ushort ListenerPort, uint Reserved = 0);
