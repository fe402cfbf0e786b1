using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>A name with addresses and ports, backed by workloads. The same facts as <c>istio.workload.Service</c>.</summary>
public sealed record Service
{
    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The fully qualified host name, <c>web.shop.svc.cluster.local</c>, in lower case.</summary>
    public required string Hostname { get; init; }

    /// <summary>Virtual addresses (VIPs); empty for a headless service.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>Ports.</summary>
    public ImmutableArray<ServicePort> Ports { get; init; } = [];

    /// <summary>Identities that its endpoints may also have.</summary>
    public ImmutableArray<string> SubjectAltNames { get; init; } = [];

    /// <summary>How endpoints are chosen.</summary>
    public LoadBalancing LoadBalancing { get; init; } = LoadBalancing.Default;

    /// <summary>True for a Kubernetes Service; false for other sources of the same host name.</summary>
    public bool Canonical { get; init; } = true;

    /// <summary>Networks each address of which counts as a virtual address of it (a ServiceEntry's). A single address that another service has goes before.</summary>
    public ValueList<IPNetwork> Networks { get; init; }

    /// <summary>The namespaces whose clients may reach it by its name and addresses; empty for all. For others it does not exist.</summary>
    public ValueList<string> VisibleIn { get; init; }

    /// <summary>True when nobody can dial an address that means this service: it is known by the name that a connection itself gives.</summary>
    public bool IsNamedOnly => Addresses.IsEmpty && Networks.IsEmpty && LoadBalancing.Mode == LoadBalancingMode.Passthrough;

    /// <summary>The service's key: namespace and host name.</summary>
    public NamespacedName Key => new(Namespace, Hostname);

    /// <summary>Says whether it exists for clients of a namespace.</summary>
    /// <param name="clientNamespace">The namespace.</param>
    /// <returns>True when it does.</returns>
    public bool IsVisibleIn(string clientNamespace)
    {
        foreach (var ns in VisibleIn)
        {
            if (ns == clientNamespace)
            {
                return true;
            }
        }

        return VisibleIn.IsEmpty;
    }

    /// <summary>Finds a port.</summary>
    /// <param name="number">The port that clients dial.</param>
    /// <returns>The port; null when the service has none of the number.</returns>
    public ServicePort? FindPort(int number)
    {
        foreach (var port in Ports)
        {
            if (port.Port == number)
            {
                return port;
            }
        }

        return null;
    }
}
