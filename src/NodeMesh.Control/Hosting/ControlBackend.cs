using System.Collections.Immutable;
using NodeMesh.Control.Discovery;
using NodeMesh.Control.RateLimits;
using NodeMesh.Control.Sources;

namespace NodeMesh.Control.Hosting;

/// <summary>What differs between a mesh on one machine and one on a cluster.</summary>
/// <param name="Source">Where the mesh's configuration comes from.</param>
/// <param name="Authority">The CA; the host's from now on.</param>
/// <param name="Tokens">Who knows tokens.</param>
/// <param name="RateLimits">Who keeps the buckets of limits that the mesh shares.</param>
internal sealed record ControlBackend(IMeshConfigurationSource Source, Identity.CertificateAuthority Authority, ITokenAuthenticator Tokens, IRateLimitLeader RateLimits)
{
    /// <summary>More work that runs as long as the control plane does.</summary>
    public ImmutableArray<Func<CancellationToken, Task>> Loops { get; init; } = [];

    /// <summary>What ends with the control plane, after the loops, in this order.</summary>
    public ImmutableArray<IDisposable> Owned { get; init; } = [];
}
