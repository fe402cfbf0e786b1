using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Forwarding;

/// <summary><c>struct forward_settings</c>: what the programs are told before they run.</summary>
/// <param name="PidNamespaceDevice">The device of this process's PID namespace: process numbers are given as it sees them.</param>
/// <param name="PidNamespaceInode">Its inode.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ForwardSettings(ulong PidNamespaceDevice, ulong PidNamespaceInode);
