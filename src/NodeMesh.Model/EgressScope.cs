namespace NodeMesh.Model;

/// <summary>What a client may reach: what a Sidecar says of it. As with Istio it is about names and virtual addresses, and no protection of what it hides.</summary>
public sealed record EgressScope
{
    /// <summary>Whether destinations outside the mesh are refused; null for what holds for the mesh.</summary>
    public bool? RegistryOnly { get; init; }

    /// <summary>The services that exist for the client; empty for all.</summary>
    public ValueList<EgressHost> Hosts { get; init; }

    /// <summary>Says whether a service exists for the client.</summary>
    /// <param name="service">The service.</param>
    /// <returns>True when it does.</returns>
    public bool Includes(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        foreach (var host in Hosts)
        {
            if (host.Matches(service))
            {
                return true;
            }
        }

        return Hosts.IsEmpty;
    }
}
