namespace NodeMesh.Model;

/// <summary>A service account named by a policy.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="ServiceAccount">Its name.</param>
public readonly record struct ServiceAccountMatch(string Namespace, string ServiceAccount);
