using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Conditions on a request, all of which must hold.</summary>
public sealed record HttpMatchRequest
{
    /// <summary>The match's name, for logs.</summary>
    public string? Name { get; init; }

    /// <summary>The request's path.</summary>
    public StringMatch? Uri { get; init; }

    /// <summary>The scheme.</summary>
    public StringMatch? Scheme { get; init; }

    /// <summary>The method.</summary>
    public StringMatch? Method { get; init; }

    /// <summary>The host that the request is for.</summary>
    public StringMatch? Authority { get; init; }

    /// <summary>Headers; an empty match asks only that it is there.</summary>
    public ImmutableDictionary<string, StringMatch> Headers { get; init; } = ImmutableDictionary<string, StringMatch>.Empty;

    /// <summary>The port that the client connects to.</summary>
    [InRange(0, 65535)]
    public int? Port { get; init; }

    /// <summary>Labels of the client.</summary>
    public ImmutableDictionary<string, string> SourceLabels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Gateways, instead of the resource's own.</summary>
    public ImmutableArray<string> Gateways { get; init; } = [];

    /// <summary>Query parameters.</summary>
    public ImmutableDictionary<string, StringMatch> QueryParams { get; init; } = ImmutableDictionary<string, StringMatch>.Empty;

    /// <summary>Whether the path's case matters not.</summary>
    public bool? IgnoreUriCase { get; init; }

    /// <summary>Headers that must not match.</summary>
    public ImmutableDictionary<string, StringMatch> WithoutHeaders { get; init; } = ImmutableDictionary<string, StringMatch>.Empty;

    /// <summary>The client's namespace.</summary>
    public string? SourceNamespace { get; init; }

    /// <summary>A prefix of the route's metrics.</summary>
    public string? StatPrefix { get; init; }
}
