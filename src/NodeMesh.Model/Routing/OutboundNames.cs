namespace NodeMesh.Model.Routing;

/// <summary>
/// Finds what a connection means by the name that it gives itself (the host of a request, the server name of TLS), where the address that it dialled says
/// nothing or too little: ServiceEntries without addresses, and such as share one.
/// </summary>
public static class OutboundNames
{
    /// <summary>Says whether connections to an address of no service have to be looked at for the host of their requests.</summary>
    /// <param name="model">The model.</param>
    /// <param name="port">The port that was dialled.</param>
    /// <returns>True where the port is one that carries requests, and some rule or service goes by their host.</returns>
    public static bool NeedsHost(MeshModel model, int port)
    {
        ArgumentNullException.ThrowIfNull(model);
        return (model.HasHostLists && model.IsRequestPort(port)) || model.FindNamedOnly(port).Any(s => MayCarryRequests(s, port));
    }

    /// <summary>Says whether connections to an address of no service have to be looked at for the server name of their TLS.</summary>
    /// <param name="model">The model.</param>
    /// <param name="port">The port that was dialled.</param>
    /// <returns>True where some rule or service goes by it.</returns>
    public static bool NeedsServerName(MeshModel model, int port)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.FindNamedOnly(port).Any(s => s.FindPort(port)?.Protocol is AppProtocol.Tls or AppProtocol.Unknown or AppProtocol.Http11);
    }

    /// <summary>Finds the service of a name among those that no address means.</summary>
    /// <param name="model">The model.</param>
    /// <param name="host">The name, in lower case without a port; null where the connection gives none.</param>
    /// <param name="port">The port that was dialled.</param>
    /// <param name="client">The client.</param>
    /// <returns>The service; null when there is none. Without a name it is one whose port carries bytes that nobody reads.</returns>
    public static Service? FindNamedOnly(MeshModel model, string? host, int port, ClientView client)
    {
        ArgumentNullException.ThrowIfNull(model);
        var candidates = model.FindNamedOnly(port);
        Service? best = null;
        foreach (var candidate in candidates)
        {
            var fits = candidate.FindPort(port)?.Protocol == AppProtocol.Tcp ? best is null : host is not null && HostPattern.Matches(candidate.Hostname, host);
            if (client.Sees(candidate) && fits && (best is null || IsCloser(candidate, best, port, client.Namespace)))
            {
                best = candidate;
            }
        }

        return best;
    }

    /// <summary>Of several services of one address, the one that a connection names.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dialled">The service that the address alone means.</param>
    /// <param name="address">The address.</param>
    /// <param name="host">The name that the connection gives, in lower case without a port.</param>
    /// <param name="client">The client.</param>
    /// <returns>The service that is named; the dialled one where none of the address is.</returns>
    public static Service Among(MeshModel model, Service dialled, System.Net.IPAddress address, string host, ClientView client)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(dialled);
        if (dialled.Canonical || dialled.Hostname == host)
        {
            return dialled;
        }

        Service? best = null;
        foreach (var other in model.FindServices(address))
        {
            if (client.Sees(other) && HostPattern.Matches(other.Hostname, host) && (best is null || other.Hostname.Length > best.Hostname.Length))
            {
                best = other;
            }
        }

        return best ?? dialled;
    }

    private static bool MayCarryRequests(Service service, int port) =>
        service.FindPort(port)?.Protocol is AppProtocol.Unknown or AppProtocol.Http11 or AppProtocol.Http2 or AppProtocol.Grpc;

    // A name before bytes that nobody reads, an exact name before a pattern, a longer pattern before a shorter, and the client's own namespace before others.
    private static bool IsCloser(Service candidate, Service best, int port, string clientNamespace) =>
        Rank(candidate, port, clientNamespace).CompareTo(Rank(best, port, clientNamespace)) > 0;

    private static (int Named, int Exact, int Length, int Own) Rank(Service service, int port, string clientNamespace) => (
        service.FindPort(port)?.Protocol == AppProtocol.Tcp ? 0 : 1,
        HostPattern.IsPattern(service.Hostname) ? 0 : 1,
        service.Hostname.Length,
        service.Namespace == clientNamespace ? 1 : 0);
}
