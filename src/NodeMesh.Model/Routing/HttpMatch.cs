namespace NodeMesh.Model.Routing;

/// <summary>One match of an HTTPRoute's rule: all of it must hold. A rule without matches has one that says nothing.</summary>
public sealed record HttpMatch
{
    /// <summary>The path; every path when not set.</summary>
    public PathMatch Path { get; init; } = PathMatch.Any;

    /// <summary>The method; null for every one.</summary>
    public string? Method { get; init; }

    /// <summary>Headers; of several for one name only the first counts, so the others are left out beforehand.</summary>
    public ValueList<NamedMatch> Headers { get; init; } = [];

    /// <summary>Query parameters.</summary>
    public ValueList<NamedMatch> QueryParameters { get; init; } = [];

    /// <summary>Compares.</summary>
    /// <param name="request">The request.</param>
    /// <returns>True when all of it holds.</returns>
    public bool Matches(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Path.Matches(request.Path) && MatchesBesidePath(request);
    }

    /// <summary>Compares everything but the path.</summary>
    /// <param name="request">The request.</param>
    /// <returns>True when it holds.</returns>
    internal bool MatchesBesidePath(IRequestFacts request)
    {
        if (Method is not null && !string.Equals(Method, request.Method, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var header in Headers)
        {
            if (!header.Value.Matches(request.FindHeader(header.Name)))
            {
                return false;
            }
        }

        foreach (var parameter in QueryParameters)
        {
            if (!parameter.Value.Matches(request.FindQueryParameter(parameter.Name)))
            {
                return false;
            }
        }

        return true;
    }
}
