namespace NodeMesh.Proxy.Tracing;

/// <summary>The names of headers that carry a trace: W3C Trace Context, and B3 in one header or in several.</summary>
internal static class TraceHeaders
{
    public const string B3 = "b3";

    public const string TraceId = "x-b3-traceid";

    public const string SpanId = "x-b3-spanid";

    public const string ParentSpanId = "x-b3-parentspanid";

    public const string Sampled = "x-b3-sampled";

    public const string Flags = "x-b3-flags";
}
