using System.Collections.Immutable;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>A resource of Istio's that is for a host, and for whom.</summary>
/// <param name="Document">The resource.</param>
/// <param name="Host">The host, qualified; may be a pattern.</param>
/// <param name="ClientNamespaces">The namespaces whose clients it is for; empty for all.</param>
internal sealed record HostRules(ManifestDocument Document, string Host, ImmutableArray<string> ClientNamespaces)
{
    /// <summary>Says for whom a resource is.</summary>
    /// <param name="document">The resource.</param>
    /// <param name="exportTo">Its <c>exportTo</c>.</param>
    /// <returns>The namespaces; empty for all.</returns>
    public static ImmutableArray<string> Clients(ManifestDocument document, ImmutableArray<string> exportTo) =>
        [.. ExportTo.Of(exportTo, document.Namespace)];

    /// <summary>Says whether it is for a host.</summary>
    /// <param name="host">A qualified host; may be a pattern.</param>
    /// <returns>True when its own is the same, or a pattern that takes it.</returns>
    public bool IsFor(string host) => Host == host || (HostPattern.IsPattern(Host) && HostPattern.Matches(Host, host));

    /// <summary>How closely it names its host: an exact name before every pattern, a longer pattern before a shorter.</summary>
    public int Closeness => HostPattern.IsPattern(Host) ? Host.Length : int.MaxValue;

    /// <summary>When it was created, for which of two goes first; where nobody knows, last.</summary>
    public DateTimeOffset Created => Document.Resource!.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue;
}
