namespace NodeMesh.Model;

/// <summary>The resource that a model object was compiled from: for status, <c>describe</c>, access logs and error messages.</summary>
/// <param name="Kind">The resource's kind, such as <c>AuthorizationPolicy</c>.</param>
/// <param name="Namespace">Its namespace; empty for cluster-scoped kinds.</param>
/// <param name="Name">Its name.</param>
public sealed record ResourceOrigin(string Kind, string Namespace, string Name)
{
    /// <summary>Its API group: the Gateway API and SMI both have a TCPRoute, the Gateway API and Istio a Gateway. Empty for core kinds.</summary>
    public string Group { get; init; } = "";

    /// <summary><c>Kind namespace/name</c>.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
