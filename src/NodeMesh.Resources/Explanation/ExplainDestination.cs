using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Resources.Explanation;

/// <summary>A workload whose policies are asked, without routing.</summary>
public sealed record ExplainDestination
{
    /// <summary>Its namespace; missing where its address tells it.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its address.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Its own port.</summary>
    public int? Port { get; init; }
}
