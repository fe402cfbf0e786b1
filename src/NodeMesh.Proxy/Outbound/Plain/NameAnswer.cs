using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Proxy.Outbound.Plain;

/// <summary>The addresses of a name.</summary>
/// <param name="Addresses">The addresses, at least one.</param>
/// <param name="Until">When they are to be asked for again.</param>
internal sealed record NameAnswer(ImmutableArray<IPAddress> Addresses, DateTimeOffset Until);
