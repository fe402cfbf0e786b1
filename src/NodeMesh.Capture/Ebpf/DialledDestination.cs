using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct dialled_destination</c>: what an application's socket carries (<c>dialled_destinations</c>).</summary>
/// <param name="NetworkNamespace">Its pod's cookie.</param>
/// <param name="Address">What it dialled.</param>
/// <param name="Port">The port that it dialled.</param>
/// <param name="ListenerPort">Where that went instead.</param>
/// <param name="Reserved">Zero, as in C: keys are compared byte by byte.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct DialledDestination(ulong NetworkNamespace, PodAddress Address, ushort Port, ushort ListenerPort, uint Reserved = 0);
