using System.Collections.Immutable;
using NodeMesh.Model.Routing;

namespace NodeMesh.Resources.Explanation;

/// <summary>The headers of a request, as rules change them.</summary>
/// <param name="headers">The headers, by name in lower case.</param>
internal sealed class ExplainedHeaders(ImmutableSortedDictionary<string, ImmutableArray<string>> headers) : IHeaderEditor
{
    private readonly ImmutableSortedDictionary<string, ImmutableArray<string>>.Builder _headers = headers.ToBuilder();

    /// <summary>The headers as they are now.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Current => _headers.ToImmutable();

    /// <inheritdoc/>
    public void Remove(string name) => _headers.Remove(name.ToLowerInvariant());

    /// <inheritdoc/>
    public void Set(string name, string value) => _headers[name.ToLowerInvariant()] = [value];

    /// <inheritdoc/>
    public void Add(string name, string value)
    {
        var key = name.ToLowerInvariant();
        _headers[key] = _headers.TryGetValue(key, out var values) ? values.Add(value) : [value];
    }
}
