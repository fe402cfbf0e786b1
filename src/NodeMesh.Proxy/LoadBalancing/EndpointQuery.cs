namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>What a request, or a connection, brings to the choice of an endpoint.</summary>
internal readonly record struct EndpointQuery
{
    /// <summary>The hash of its key; null without one.</summary>
    public ulong? Hash { get; init; }

    /// <summary>UIDs of endpoints that failed it already; null for none.</summary>
    public IReadOnlySet<string>? Excluded { get; init; }

    /// <summary>Endpoints whose groups it leaves, as long as another group has one that can be used; null for none.</summary>
    public IReadOnlyList<UpstreamEndpoint>? Left { get; init; }

    /// <summary>The key of the endpoint that its session belongs to; null without one. It is taken as long as it is usable.</summary>
    public ulong? Pinned { get; init; }
}
