using System.Collections.Immutable;

namespace NodeMesh.Testing;

/// <summary>A span as it came over OTLP.</summary>
/// <param name="TraceId">Hexadecimal digits.</param>
/// <param name="SpanId">Hexadecimal digits.</param>
/// <param name="ParentId">Hexadecimal digits; empty for none.</param>
/// <param name="Name">The name.</param>
/// <param name="Kind">3 for a client's.</param>
/// <param name="State">The <c>tracestate</c>.</param>
/// <param name="Status">2 for an error.</param>
/// <param name="Duration">From its start to its end.</param>
/// <param name="Attributes">What it says, as text.</param>
/// <param name="Resource">Who says it, as text.</param>
public sealed record OtlpSpan(
    string TraceId, string SpanId, string ParentId, string Name, int Kind, string State, int Status, TimeSpan Duration,
    ImmutableDictionary<string, string> Attributes, ImmutableDictionary<string, string> Resource)
{
    public string? this[string attribute] => Attributes.GetValueOrDefault(attribute);
}
