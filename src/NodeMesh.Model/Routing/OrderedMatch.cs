namespace NodeMesh.Model.Routing;

/// <summary>One match of an ordered list's rule (VirtualService's <c>match</c>): all of it must hold.</summary>
public sealed record OrderedMatch
{
    /// <summary>The match's name, which people see in answers; null when it has none.</summary>
    public string? Name { get; init; }

    /// <summary>The path; prefixes by character. Null for every one.</summary>
    public TextMatch? Path { get; init; }

    /// <summary>The scheme; null for every one.</summary>
    public TextMatch? Scheme { get; init; }

    /// <summary>The method; null for every one.</summary>
    public TextMatch? Method { get; init; }

    /// <summary>The authority as the client sent it; null for every one.</summary>
    public TextMatch? Authority { get; init; }

    /// <summary>Headers that must match.</summary>
    public ValueList<NamedMatch> Headers { get; init; }

    /// <summary>Headers that must not match; one that only asks for presence must be missing.</summary>
    public ValueList<NamedMatch> WithoutHeaders { get; init; }

    /// <summary>Query parameters that must match.</summary>
    public ValueList<NamedMatch> QueryParameters { get; init; }

    /// <summary>The port that was dialled; 0 for every one.</summary>
    public int Port { get; init; }

    /// <summary>The client's namespace; empty for every one.</summary>
    public string SourceNamespace { get; init; } = "";

    /// <summary>Labels that the client must have.</summary>
    public ValueList<WorkloadLabel> SourceLabels { get; init; }

    /// <summary>The prefix by which a path matched, for rewrites; a match that says nothing of the path is by <c>/</c>, as Envoy's. Null where it was not by prefix.</summary>
    public string? MatchedPrefix => Path is null ? "/" : Path.Kind == TextMatchKind.Prefix ? Path.Value : null;

    /// <summary>Compares.</summary>
    /// <param name="client">Who asks, and at which port.</param>
    /// <param name="request">The request.</param>
    /// <returns>True when all of it holds.</returns>
    public bool Matches(in RouteClient client, IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (Port == 0 || Port == client.Port)
            && (SourceNamespace.Length == 0 || SourceNamespace == client.Namespace)
            && client.HasLabels(SourceLabels)
            && (Path is null || Path.Matches(request.Path))
            && (Method is null || Method.Matches(request.Method))
            && (Scheme is null || Scheme.Matches(request.Scheme))
            && (Authority is null || Authority.Matches(request.Authority))
            && MatchesFields(request);
    }

    private bool MatchesFields(IRequestFacts request)
    {
        foreach (var header in Headers)
        {
            if (!header.Value.Matches(request.FindHeader(header.Name)))
            {
                return false;
            }
        }

        foreach (var header in WithoutHeaders)
        {
            if (header.Value.Matches(request.FindHeader(header.Name)))
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
