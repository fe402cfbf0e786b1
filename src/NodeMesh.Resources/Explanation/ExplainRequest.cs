using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Resources.Explanation;

/// <summary>A request or connection of which one wants to know what the mesh would do with it.</summary>
public sealed record ExplainRequest
{
    /// <summary>Its name in the answer.</summary>
    public required string Id { get; init; }

    /// <summary>The client; null for one outside the mesh.</summary>
    public ExplainSource? From { get; init; }

    /// <summary>True when the request says in so many words that the client is outside the mesh.</summary>
    public bool SaysOutside { get; init; }

    /// <summary>The server name of a TLS connection; null when there is none.</summary>
    public string? ServerName { get; init; }

    /// <summary>The gateway where it arrives; null inside the mesh.</summary>
    public string? Gateway { get; init; }

    /// <summary>The host that the client connects to.</summary>
    public string? ToHost { get; init; }

    /// <summary>The port that the client connects to.</summary>
    public int? ToPort { get; init; }

    /// <summary>The address that the client connects to.</summary>
    public IPAddress? ToAddress { get; init; }

    /// <summary>The workload whose policies are asked; null to route.</summary>
    public ExplainDestination? Destination { get; init; }

    /// <summary><c>http</c>, <c>https</c>, <c>http2</c>, <c>grpc</c>, <c>tls</c> or <c>tcp</c>.</summary>
    public string Protocol { get; init; } = "tcp";

    /// <summary>The method.</summary>
    public string? Method { get; init; }

    /// <summary>The authority that the client sends.</summary>
    public string? Authority { get; init; }

    /// <summary>The path with the query string.</summary>
    public string? Path { get; init; }

    /// <summary>The headers, by name in lower case.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Headers { get; init; } = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    /// <summary>Whether the client proves its identity; null when the request does not say.</summary>
    public bool? MutualTls { get; init; }

    /// <summary>True when the request bears a token or claims.</summary>
    public bool HasToken { get; init; }

    /// <summary>Fields that nobody knows.</summary>
    public ImmutableArray<string> UnknownFields { get; init; } = [];

    /// <summary>True when the protocol is HTTP in any of its forms.</summary>
    public bool IsHttp => Protocol is "http" or "https" or "http2" or "grpc";
}
