using System.Collections.Immutable;

namespace NodeMesh.Discovery;

/// <summary>How a client subscribes and reconnects.</summary>
public sealed record DeltaDiscoveryClientOptions
{
    /// <summary>Types that are wanted as a whole.</summary>
    public ImmutableArray<string> Types { get; init; } = [TypeUrls.Authorization, TypeUrls.Node, TypeUrls.Routes, TypeUrls.Address, TypeUrls.NetworkPolicy];

    /// <summary>A file whose content goes into <c>authorization: Bearer</c>, read anew for every stream; null: no such header.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The wait after the first failure; doubles with each, and half of it is random.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest wait; 5 s: so long may a proxy be without news after the control plane came back.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);
}
