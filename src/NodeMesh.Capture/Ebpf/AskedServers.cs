using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct asked_servers</c>: the name servers that an unconnected socket asks (<c>asked_servers</c>).</summary>
/// <param name="First">Asked at loopback; zero for none.</param>
/// <param name="Second">Asked at the first of <see cref="DnsAliases"/>.</param>
/// <param name="Third">Asked at the second.</param>
/// <param name="Next">Whose place is taken next.</param>
/// <param name="Reserved">Zero.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct AskedServers(PodAddress First, PodAddress Second, PodAddress Third, uint Next, uint Reserved = 0);
