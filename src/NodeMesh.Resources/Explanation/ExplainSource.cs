using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Resources.Explanation;

/// <summary>Who asks; any part may be missing.</summary>
public sealed record ExplainSource
{
    /// <summary>The client's namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its pod, or what controls it.</summary>
    public string? Pod { get; init; }

    /// <summary>Its service account.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>Its labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its address.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The address that an X-Forwarded-For header or the PROXY protocol says.</summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>Its identity, without <c>spiffe://</c>.</summary>
    public string? Principal { get; init; }

    /// <summary>True when the request says <c>"principal": null</c>: there is no identity.</summary>
    public bool NoPrincipal { get; init; }

    /// <summary>The principal of its token.</summary>
    public string? RequestPrincipal { get; init; }

    /// <summary>The trust domain of its identity.</summary>
    public string? TrustDomain { get; init; }
}
