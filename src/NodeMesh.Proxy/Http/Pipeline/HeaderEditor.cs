using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using NodeMesh.Model.Routing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>The engine's headers as rules change them.</summary>
/// <param name="headers">The headers.</param>
internal readonly struct HeaderEditor(IHeaderDictionary headers) : IHeaderEditor
{
    /// <inheritdoc/>
    public void Remove(string name) => headers.Remove(name);

    /// <inheritdoc/>
    public void Set(string name, string value) => headers[name] = value;

    /// <inheritdoc/>
    public void Add(string name, string value) => headers[name] = StringValues.Concat(headers[name], value);
}
