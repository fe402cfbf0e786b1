namespace NodeMesh.Model;

/// <summary>Says that a pod of a service account is placed on a node and has not ended, whether or not it has an address yet: what lets the node's proxy ask for the identity.</summary>
/// <param name="Node">The node's name (<c>spec.nodeName</c>).</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="ServiceAccount">The pod's service account.</param>
public readonly record struct WorkloadPlacement(string Node, string Namespace, string ServiceAccount);
