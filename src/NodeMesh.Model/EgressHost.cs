using NodeMesh.Model.Routing;

namespace NodeMesh.Model;

/// <summary>Services that a client may reach.</summary>
/// <param name="Namespace">Their namespace; empty for all.</param>
/// <param name="Host">Their host, which may be a pattern.</param>
public readonly record struct EgressHost(string Namespace, string Host)
{
    /// <summary>Says whether a service is one of them.</summary>
    /// <param name="service">The service.</param>
    /// <returns>True when it is.</returns>
    public bool Matches(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return (Namespace.Length == 0 || Namespace == service.Namespace) && HostPattern.Matches(Host, service.Hostname);
    }
}
