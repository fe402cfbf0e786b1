using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Informers;

/// <summary>Namespace and name.</summary>
/// <param name="Namespace">The namespace; empty for kinds of the whole cluster.</param>
/// <param name="Name">The name.</param>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>The key of an object.</summary>
    /// <param name="value">The object.</param>
    /// <returns>Its key.</returns>
    public static ObjectKey Of(IKubernetesObject value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new ObjectKey(value.Metadata.Namespace ?? "", value.Metadata.Name ?? "");
    }

    /// <summary>As kubectl writes it.</summary>
    /// <returns><c>namespace/name</c>, or the name.</returns>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
