using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct port_rule</c>: the key of <c>port_rules</c>.</summary>
/// <param name="NetworkNamespace">The pod's cookie.</param>
/// <param name="Port">The port.</param>
/// <param name="Kind">What is said of it.</param>
/// <param name="Reserved">Zero, as in C: keys are compared byte by byte.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PortRule(ulong NetworkNamespace, ushort Port, PortRuleKind Kind, uint Reserved = 0);
