using System.Collections.Immutable;

namespace NodeMesh.Resources.Explanation;

/// <summary>A request as a backend gets it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Host">The authority.</param>
/// <param name="Path">The path with the query string.</param>
/// <param name="Headers">The headers, by name in lower case.</param>
/// <param name="Protocol"><c>HTTP/1.1</c> or <c>HTTP/2</c>.</param>
public sealed record ExplainForwarded(string Method, string Host, string Path, ImmutableSortedDictionary<string, ImmutableArray<string>> Headers, string Protocol);
