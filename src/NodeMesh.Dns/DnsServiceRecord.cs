namespace NodeMesh.Dns;

/// <summary>One target of an SRV answer.</summary>
/// <param name="Target">The host's full name.</param>
/// <param name="Port">The port.</param>
public readonly record struct DnsServiceRecord(string Target, ushort Port);
