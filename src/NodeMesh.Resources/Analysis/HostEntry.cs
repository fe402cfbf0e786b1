using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis;

/// <summary>A service as hosts name it: of a Service or of a ServiceEntry.</summary>
/// <param name="Host">Its qualified name, or a wildcard.</param>
/// <param name="Document">The Service or ServiceEntry.</param>
/// <param name="VisibleIn">Namespaces that see it; empty for all.</param>
/// <param name="Ports">Its ports.</param>
/// <param name="Selector">Labels of its workloads; null when it selects none.</param>
internal sealed record HostEntry(
    string Host, ManifestDocument Document, ImmutableHashSet<string> VisibleIn, ImmutableArray<int> Ports, ImmutableDictionary<string, string>? Selector)
{
    /// <summary>Says whether a namespace sees it.</summary>
    /// <param name="ns">The namespace.</param>
    /// <returns>True when it does.</returns>
    public bool IsVisibleIn(string ns) => VisibleIn.IsEmpty || VisibleIn.Contains(ns);
}
