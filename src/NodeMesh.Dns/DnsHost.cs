using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Dns;

/// <summary>What a zone knows of a host. A host without records of the type asked for exists all the same: the answer is empty, not NXDOMAIN.</summary>
public sealed record DnsHost
{
    /// <summary>Addresses of both families; answered in random order.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>The name that this one is an alias of (an ExternalName service); null for none.</summary>
    public string? CanonicalName { get; init; }

    /// <summary>Targets of SRV questions for this name.</summary>
    public ImmutableArray<DnsServiceRecord> Services { get; init; } = [];
}
