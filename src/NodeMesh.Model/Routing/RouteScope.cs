namespace NodeMesh.Model.Routing;

/// <summary>Which clients a route is for.</summary>
/// <param name="Namespace">The namespace that they are in; empty for those of every namespace.</param>
/// <param name="Port">The service's port; 0 for all of them.</param>
public readonly record struct RouteScope(string Namespace, int Port)
{
    /// <summary>Compares.</summary>
    /// <param name="clientNamespace">The client's namespace; empty when it is not known.</param>
    /// <param name="port">The service's port that was dialled.</param>
    /// <returns>True when the route is for this client and port.</returns>
    public bool Includes(string clientNamespace, int port) => (Port == 0 || Port == port) && (Namespace.Length == 0 || Namespace == clientNamespace);
}
