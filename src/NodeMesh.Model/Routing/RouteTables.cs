using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace NodeMesh.Model.Routing;

/// <summary>The routes of a service, prepared for finding. Made once when they arrive; safe for all threads.</summary>
public sealed class RouteTables
{
    private readonly FrozenSet<string> _consumers;
    private readonly FrozenSet<int> _scopedPorts;
    private readonly ConcurrentDictionary<(string Consumer, int Port), PortRoutes> _ports = [];
    private readonly Func<(string Consumer, int Port), PortRoutes> _prepare;

    /// <summary>Prepares routes.</summary>
    /// <param name="routes">The routes.</param>
    public RouteTables(ServiceRoutes routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        Routes = routes;
        _consumers = routes.Http.Select(r => r.Scope.Namespace).Concat(routes.Grpc.Select(r => r.Scope.Namespace))
            .Concat(routes.Ordered.Select(r => r.ClientNamespace))
            .Where(ns => ns.Length > 0)
            .ToFrozenSet(StringComparer.Ordinal);
        _scopedPorts = routes.Http.Select(r => r.Scope.Port).Concat(routes.Grpc.Select(r => r.Scope.Port)).Where(p => p != 0).ToFrozenSet();
        HasTlsRules = routes.Connections.Any(c => c.Tls);
        _prepare = key => new PortRoutes(Routes, key.Consumer, key.Port);
    }

    /// <summary>The routes.</summary>
    public ServiceRoutes Routes { get; }

    /// <summary>True when some rule is for connections of TLS alone.</summary>
    public bool HasTlsRules { get; }

    /// <summary>
    /// The routes of requests to a port for the clients of a namespace. The first call prepares; namespaces and ports that no route names share one table, so
    /// that there are as many as the configuration says and no client can make more.
    /// </summary>
    /// <param name="clientNamespace">The clients' namespace.</param>
    /// <param name="port">The port that was dialled.</param>
    /// <returns>The routes.</returns>
    public PortRoutes For(string clientNamespace, int port)
    {
        ArgumentNullException.ThrowIfNull(clientNamespace);

        return _ports.GetOrAdd((_consumers.Contains(clientNamespace) ? clientNamespace : "", _scopedPorts.Contains(port) ? port : 0), _prepare);
    }

    /// <summary>Finds the rule for a connection.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="destination">The address that was dialled; null when it is not known.</param>
    /// <param name="serverName">The server name of a TLS connection, in lower case.</param>
    /// <param name="isTls">True when the connection begins with a TLS hello.</param>
    /// <returns>The rule; null when none is for it.</returns>
    public ConnectionRule? FindConnectionRule(in RouteClient client, System.Net.IPAddress? destination, string? serverName, bool isTls)
    {
        foreach (var rule in Routes.Connections)
        {
            if (rule.Matches(client, destination, serverName, isTls))
            {
                return rule;
            }
        }

        return null;
    }
}
