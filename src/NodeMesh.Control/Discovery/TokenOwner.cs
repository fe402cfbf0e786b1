namespace NodeMesh.Control.Discovery;

/// <summary>Whom a token proves.</summary>
/// <param name="Node">The node that the bearer runs on.</param>
/// <param name="ServiceAccount">The bearer's service account: <c>namespace/name</c>, or the bare name in the mesh's namespace.</param>
internal sealed record TokenOwner(string Node, string ServiceAccount);
