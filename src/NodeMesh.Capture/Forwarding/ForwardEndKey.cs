using System.Net;
using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Forwarding;

/// <summary><c>struct forward_end_key</c>: one end of a connection as its own namespace sees it. IPv4 addresses are mapped, ports in host order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ForwardEndKey
{
    private readonly ulong _netns;
    private readonly ForwardAddress _local;
    private readonly ForwardAddress _remote;
    private readonly ushort _localPort;
    private readonly ushort _remotePort;
    private readonly uint _pad;

    internal ForwardEndKey(ulong networkNamespace, IPEndPoint local, IPEndPoint remote)
    {
        _netns = networkNamespace;
        _local = ForwardAddress.Of(local.Address);
        _remote = ForwardAddress.Of(remote.Address);
        _localPort = (ushort)local.Port;
        _remotePort = (ushort)remote.Port;
        _pad = 0;
    }
}
