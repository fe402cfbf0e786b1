using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Chooses an endpoint by a hash of the request.</summary>
[AtMostOneOf("httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName")]
[AtMostOneOf("ringHash", "maglev")]
public sealed record ConsistentHash
{
    /// <summary>Of a header.</summary>
    public string? HttpHeaderName { get; init; }

    /// <summary>Of a cookie.</summary>
    public HttpCookie? HttpCookie { get; init; }

    /// <summary>Of the client's address.</summary>
    public bool? UseSourceIp { get; init; }

    /// <summary>Of a query parameter.</summary>
    public string? HttpQueryParameterName { get; init; }

    /// <summary>By a ring.</summary>
    public RingHash? RingHash { get; init; }

    /// <summary>By a Maglev table.</summary>
    public MaglevHash? Maglev { get; init; }

    /// <summary>Deprecated in favour of ringHash.</summary>
    [InRange(0, 2147483647)]
    public int? MinimumRingSize { get; init; }
}
