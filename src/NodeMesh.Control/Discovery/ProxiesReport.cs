using System.Collections.Immutable;
using NodeMesh.Discovery;

namespace NodeMesh.Control.Discovery;

/// <summary>The answer to <c>/debug/proxies</c>.</summary>
/// <param name="Ready">True once the configuration has been read.</param>
/// <param name="Revision">How many changes of configuration there were.</param>
/// <param name="Proxies">The connected proxies.</param>
/// <param name="Troubles">Kinds of the configuration that cannot be read as they should be.</param>
internal sealed record ProxiesReport(bool Ready, long Revision, ImmutableArray<ProxyStatus> Proxies, IReadOnlyList<string> Troubles);
