using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct original_destination</c>: what the proxy's end of a captured connection carries (<c>accepted_destinations</c>).</summary>
/// <param name="ClientCookie">The application's socket.</param>
/// <param name="Address">What it dialled.</param>
/// <param name="Port">The port that it dialled.</param>
/// <param name="Reserved0">Zero, as in C: keys are compared byte by byte.</param>
/// <param name="Reserved1">Zero.</param>
/// <param name="Reserved2">Zero.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct OriginalDestination(ulong ClientCookie, PodAddress Address, ushort Port, ushort Reserved0 = 0, ushort Reserved1 = 0, ushort Reserved2 = 0);
