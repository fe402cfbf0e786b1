namespace NodeMesh.Dns;

/// <summary>How a message travels.</summary>
public enum DnsTransport
{
    /// <summary>Datagrams.</summary>
    Udp = 0,

    /// <summary>A stream, each message after its length (RFC 7766 section 8).</summary>
    Tcp = 1,
}
