namespace NodeMesh.Dns;

/// <summary>Who asks.</summary>
/// <param name="Namespace">The client's namespace, which short names are looked up in first; empty when unknown.</param>
public sealed record DnsClient(string Namespace);
