using System.Text.Json.Serialization;

namespace NodeMesh.Cli.Demo;

/// <summary>One call in the report. Whether it was encrypted is what the proxies logged of its connection, not what was expected.</summary>
internal sealed record CallReport
{
    /// <summary>The calling workload.</summary>
    [JsonPropertyName("source")]
    public required string Source { get; init; }

    /// <summary>The called service.</summary>
    [JsonPropertyName("destination")]
    public required string Destination { get; init; }

    /// <summary>The caller's node.</summary>
    [JsonPropertyName("source_node")]
    public required string SourceNode { get; init; }

    /// <summary>The node of the pod that was called.</summary>
    [JsonPropertyName("node")]
    public required string Node { get; init; }

    /// <summary>True when the connection went through a mutual-TLS tunnel.</summary>
    [JsonPropertyName("mtls")]
    public required bool Mtls { get; init; }

    /// <summary><c>mutual_tls</c>, <c>same_node</c> (never left the node, both identities known) or <c>plaintext</c>; empty when no proxy logged it.</summary>
    [JsonPropertyName("security")]
    public required string Security { get; init; }

    /// <summary>True when the caller got its answer.</summary>
    [JsonPropertyName("allowed")]
    public required bool Allowed { get; init; }

    /// <summary>The HTTP status; 0 without an answer.</summary>
    [JsonPropertyName("status")]
    public required int Status { get; init; }

    /// <summary>Milliseconds, as the caller measured.</summary>
    [JsonPropertyName("latency_ms")]
    public required double LatencyMilliseconds { get; init; }

    /// <summary>Why it was refused, in the proxy's word; null when it was not.</summary>
    [JsonPropertyName("reason")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>The policy that refused it, as the access log names it.</summary>
    [JsonPropertyName("policy")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Policy { get; init; }
}
