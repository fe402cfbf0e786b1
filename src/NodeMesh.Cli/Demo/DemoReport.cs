using System.Text.Json.Serialization;

namespace NodeMesh.Cli.Demo;

/// <summary>What the demo found; <c>--json</c> prints it.</summary>
internal sealed record DemoReport
{
    /// <summary>The calls: first each edge of the shop, last the one that a policy refused.</summary>
    [JsonPropertyName("calls")]
    public required IReadOnlyList<CallReport> Calls { get; init; }

    /// <summary>True when the bytes of a meshed call could be read between the nodes.</summary>
    [JsonPropertyName("plaintext_on_wire")]
    public required bool PlaintextOnWire { get; init; }

    /// <summary>True when the same capture did read the bytes of a call between unmeshed pods.</summary>
    [JsonPropertyName("control_marker_seen")]
    public required bool ControlMarkerSeen { get; init; }

    /// <summary>Bytes of tunnels between the nodes while the meshed call was made.</summary>
    [JsonPropertyName("tunnel_bytes_on_wire")]
    public required long TunnelBytesOnWire { get; init; }

    /// <summary>Expectations that did not hold; empty when all is well.</summary>
    [JsonPropertyName("failures")]
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>How long the demo took.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    /// <summary>The mesh's name where it stays up; null otherwise.</summary>
    [JsonPropertyName("kept")]
    public string? Kept { get; init; }
}
