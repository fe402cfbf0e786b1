namespace NodeMesh.Proxy.Http.Sniffing;

/// <summary>What a client's first bytes say of what it speaks.</summary>
internal enum WireProtocol
{
    /// <summary>Too few bytes to say.</summary>
    Unknown,

    /// <summary>HTTP/1.0 or HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2 with prior knowledge.</summary>
    Http2,

    /// <summary>TLS: what is inside is nobody's business here.</summary>
    Tls,

    /// <summary>Anything else.</summary>
    Opaque,
}
