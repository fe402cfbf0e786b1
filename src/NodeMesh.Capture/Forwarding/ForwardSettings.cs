using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Forwarding;

/// <summary><c>struct forward_settings</c>: what the programs are told before they run.</summary>
/// <param name="PidNamespace">The inode of this process's PID namespace: process numbers are given as it sees them.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ForwardSettings(ulong PidNamespace);
