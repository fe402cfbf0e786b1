namespace NodeMesh.Model;

/// <summary>What decides which services exist for a client.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Egress">What a Sidecar says of it; null for nothing.</param>
public readonly record struct ClientView(string Namespace, EgressScope? Egress)
{
    /// <summary>A client of which only the namespace is known.</summary>
    /// <param name="clientNamespace">The namespace.</param>
    public static implicit operator ClientView(string clientNamespace) => new(clientNamespace, null);

    /// <summary>The view of a client by its place.</summary>
    /// <param name="client">The client.</param>
    /// <returns>The view.</returns>
    public static ClientView Of(ClientPlacement client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new ClientView(client.Namespace, client.Egress);
    }

    /// <summary>Says whether a service exists for the client.</summary>
    /// <param name="service">The service.</param>
    /// <returns>True when it does.</returns>
    public bool Sees(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return service.IsVisibleIn(Namespace) && Egress?.Includes(service) != false;
    }
}
