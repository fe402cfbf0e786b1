namespace NodeMesh.Dns;

/// <summary>Record types (RFC 1035 section 3.2.2 and later); others pass through by number.</summary>
public enum DnsRecordType
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name server.</summary>
    NS = 2,

    /// <summary>The canonical name of an alias.</summary>
    Cname = 5,

    /// <summary>The start of a zone of authority.</summary>
    Soa = 6,

    /// <summary>A name that an address points to.</summary>
    Ptr = 12,

    /// <summary>An IPv6 address (RFC 3596).</summary>
    Aaaa = 28,

    /// <summary>A service's port and host (RFC 2782).</summary>
    Srv = 33,

    /// <summary>EDNS0 options (RFC 6891).</summary>
    Opt = 41,

    /// <summary>A question for all types.</summary>
    Any = 255,
}
