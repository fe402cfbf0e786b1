namespace NodeMesh.Proxy.Outbound;

/// <summary>What the first bytes of a connection say of TLS.</summary>
/// <param name="IsTls">True when they are a ClientHello.</param>
/// <param name="ServerName">The server name that it asks for, in lower case; null for none.</param>
internal readonly record struct TlsHello(bool IsTls, string? ServerName);
