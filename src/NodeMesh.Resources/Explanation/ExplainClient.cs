using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Resources.Explanation;

/// <summary>A client, as far as the request and the resources tell.</summary>
/// <param name="Identity">The identity that it proves; null for none.</param>
/// <param name="Address">Its address.</param>
/// <param name="Insists">True when the request itself says that the identity is proved, whatever the destination asks for.</param>
/// <param name="Placement">Where it is.</param>
/// <param name="Why">How that was found out.</param>
internal sealed record ExplainClient(SpiffeId? Identity, IPAddress Address, bool Insists, ClientPlacement Placement, ImmutableArray<string> Why)
{
    /// <summary>Its labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>True when the request says that it is outside the mesh, so that no node proxy has its connections.</summary>
    public bool IsOutside { get; init; }
}
