using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct captured_namespace</c>: the value of <c>captured_namespaces</c>.</summary>
/// <param name="Ipv4">The address that the pod's IPv4 connections come from; zero for none.</param>
/// <param name="Ipv6">The same for IPv6.</param>
/// <param name="Flags">Which rules it has.</param>
/// <param name="Reserved">Zero, as in C: keys are compared byte by byte.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CapturedNamespace(PodAddress Ipv4, PodAddress Ipv6, CaptureFlags Flags, uint Reserved = 0);
