namespace NodeMesh.Model;

/// <summary>A port of a <see cref="NetworkRule"/>.</summary>
/// <param name="Protocol">The transport protocol.</param>
/// <param name="First">The first port; 0 for all ports of the protocol, or when there is a name.</param>
/// <param name="Last">The last port; the first one when it is only one.</param>
/// <param name="Name">The name of a port of the destination's containers; null when it is a number.</param>
public sealed record NetworkPort(NetworkProtocol Protocol, int First, int Last, string? Name)
{
    /// <summary>Says whether a port is meant.</summary>
    /// <param name="protocol">The connection's protocol.</param>
    /// <param name="port">The destination's own port.</param>
    /// <param name="destination">The destination; null when it is not a workload, which has no named ports.</param>
    /// <returns>True when it is.</returns>
    public bool Matches(NetworkProtocol protocol, int port, Workload? destination)
    {
        if (protocol != Protocol)
        {
            return false;
        }

        if (Name is null)
        {
            return First == 0 || (port >= First && port <= Last);
        }

        foreach (var named in destination?.NamedPorts ?? [])
        {
            if (named.Protocol == protocol && named.Name == Name)
            {
                return named.Port == port;
            }
        }

        return false;
    }
}
