namespace NodeMesh.Model.Routing;

/// <summary>One match of a GRPCRoute's rule: all of it must hold. A rule without matches has one that says nothing.</summary>
public sealed record GrpcMatch
{
    /// <summary>The gRPC service; null for every one.</summary>
    public TextMatch? Service { get; init; }

    /// <summary>The gRPC method; null for every one.</summary>
    public TextMatch? Method { get; init; }

    /// <summary>Headers; of several for one name only the first counts, so the others are left out beforehand.</summary>
    public ValueList<NamedMatch> Headers { get; init; } = [];

    /// <summary>Compares.</summary>
    /// <param name="request">The request; its path is <c>/service/method</c>.</param>
    /// <returns>True when all of it holds.</returns>
    public bool Matches(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var slash = request.Path.LastIndexOf('/');
        if (slash <= 0 || request.Path[0] != '/')
        {
            return false;
        }

        var path = request.Path.AsSpan();
        if ((Service is not null && !Service.Matches(path[1..slash])) || (Method is not null && !Method.Matches(path[(slash + 1)..])))
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

        return true;
    }
}
