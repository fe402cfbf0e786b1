namespace NodeMesh.Model;

/// <summary>A resource's namespace and name, as <c>kubectl</c> writes them.</summary>
/// <param name="Namespace">The namespace; empty for cluster-scoped resources.</param>
/// <param name="Name">The name inside the namespace.</param>
public readonly record struct NamespacedName(string Namespace, string Name)
{
    /// <summary><c>namespace/name</c>, or the bare name when there is no namespace.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
