namespace NodeMesh.Dns;

/// <summary>How a resolver answers.</summary>
public sealed record DnsResolverOptions
{
    /// <summary>The cluster's domain. Default <c>cluster.local</c>.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>For how many seconds answers may be kept. Default 30.</summary>
    public uint TimeToLive { get; init; } = 30;

    /// <summary>
    /// True for a cluster's own DNS: a name under the cluster domain that the zone does not know does not exist (NXDOMAIN), and names are taken as they are asked.
    /// False (the default) for a proxy before one: what it does not know is for upstream, and short names and search suffixes are understood.
    /// </summary>
    public bool IsAuthority { get; init; }
}
