using System.Collections.Immutable;
using NodeMesh.Model.Routing;

namespace NodeMesh.Resources.Explanation;

/// <summary>A request of the input, as routes see it.</summary>
internal sealed class ExplainedRequest : IRequestFacts
{
    private readonly ImmutableSortedDictionary<string, ImmutableArray<string>> _headers;

    /// <summary>Takes a request apart.</summary>
    /// <param name="request">The request.</param>
    public ExplainedRequest(ExplainRequest request)
    {
        _headers = request.Headers;
        Method = request.Method ?? (request.Protocol == "grpc" ? "POST" : "GET");
        Authority = request.Authority ?? request.ToHost ?? request.ToAddress?.ToString() ?? "";
        var target = request.Path ?? "/";
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        (Path, Query) = mark < 0 ? (target, "") : (target[..mark], target[mark..]);
    }

    /// <inheritdoc/>
    public string Method { get; }

    /// <inheritdoc/>
    public string Scheme => "http";

    /// <inheritdoc/>
    public string Authority { get; }

    /// <inheritdoc/>
    public string Path { get; }

    /// <summary>The query string with its question mark; empty for none.</summary>
    public string Query { get; }

    /// <inheritdoc/>
    public string? FindHeader(string name) =>
        RuleApplication.IsAuthority(name) ? Authority : _headers.TryGetValue(name.ToLowerInvariant(), out var values) ? string.Join(',', values) : null;

    /// <inheritdoc/>
    public string? FindQueryParameter(string name)
    {
        foreach (var pair in Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = pair.Split('=', 2) is [var k, var v] ? (k, v) : (pair, "");
            if (Decode(key) == name)
            {
                return Decode(value);
            }
        }

        return null;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
