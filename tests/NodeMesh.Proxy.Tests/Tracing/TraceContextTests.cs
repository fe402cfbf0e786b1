using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using NodeMesh.Proxy.Tracing;

namespace NodeMesh.Proxy.Tests.Tracing;

public sealed class TraceContextTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Span = "b7ad6b7169203331";
    private const string Parent = $"00-{Trace}-{Span}-01";

    // Headers as "name: value" by line; the trace, the caller's span and the decision that they mean; "-" for none.
    [Theory]
    [InlineData("", "-", "-", "Deferred")]
    [InlineData($"traceparent: {Parent}", Trace, Span, "Record")]
    [InlineData($"traceparent: 00-{Trace}-{Span}-00", Trace, Span, "Drop")]
    [InlineData($"traceparent: 00-{Trace}-{Span}-03", Trace, Span, "Record")]
    [InlineData($"traceparent: cc-{Trace}-{Span}-01-what-comes-later", Trace, Span, "Record")]
    [InlineData($"traceparent: cc-{Trace}-{Span}-01.later", "-", "-", "Deferred")]
    [InlineData($"traceparent: 00-{Trace}-{Span}-01-more", "-", "-", "Deferred")]
    [InlineData($"traceparent: ff-{Trace}-{Span}-01", "-", "-", "Deferred")]
    [InlineData($"traceparent: 00-00000000000000000000000000000000-{Span}-01", "-", "-", "Deferred")]
    [InlineData($"traceparent: 00-{Trace}-0000000000000000-01", "-", "-", "Deferred")]
    [InlineData($"traceparent: 00-0AF7651916CD43DD8448EB211C80319C-{Span}-01", "-", "-", "Deferred")]
    [InlineData($"traceparent: 00-{Trace}-{Span}-0g", "-", "-", "Deferred")]
    [InlineData($"traceparent: 00-{Trace}-{Span}", "-", "-", "Deferred")]
    [InlineData($"traceparent: 00_{Trace}_{Span}_01", "-", "-", "Deferred")]
    [InlineData($"traceparent: {Parent}\ntraceparent: {Parent}", "-", "-", "Deferred")]
    [InlineData($"traceparent: nonsense\nb3: {Trace}-{Span}-1", Trace, Span, "Record")]
    [InlineData($"traceparent: {Parent}\nb3: 11111111111111111111111111111111-{Span}-0", Trace, Span, "Record")]
    [InlineData($"b3: {Trace}-{Span}-1", Trace, Span, "Record")]
    [InlineData($"b3: {Trace}-{Span}-0", Trace, Span, "Drop")]
    [InlineData($"b3: {Trace}-{Span}-d", Trace, Span, "Debug")]
    [InlineData($"b3: {Trace}-{Span}", Trace, Span, "Deferred")]
    [InlineData($"b3: {Trace}-{Span}-1-05e3ac9a4f6e3b90", Trace, Span, "Record")]
    [InlineData($"b3: 8448eb211c80319c-{Span}-1", "8448eb211c80319c", Span, "Record")]
    [InlineData("b3: 0", "-", "-", "Drop")]
    [InlineData("b3: 1", "-", "-", "Record")]
    [InlineData("b3: d", "-", "-", "Debug")]
    [InlineData("b3: x", "-", "-", "Deferred")]
    [InlineData($"b3: {Trace}-{Span}-2", "-", "-", "Deferred")]
    [InlineData($"b3: {Trace}", "-", "-", "Deferred")]
    [InlineData($"b3: {Trace}-{Span}-1-zzzz", "-", "-", "Deferred")]
    [InlineData($"b3: {Trace}-{Span}-1-05e3ac9a4f6e3b90-1", "-", "-", "Deferred")]
    [InlineData($"x-b3-traceid: {Trace}\nx-b3-spanid: {Span}\nx-b3-sampled: 1", Trace, Span, "Record")]
    [InlineData($"x-b3-traceid: {Trace}\nx-b3-spanid: {Span}\nx-b3-sampled: false", Trace, Span, "Drop")]
    [InlineData($"x-b3-traceid: {Trace}\nx-b3-spanid: {Span}\nx-b3-flags: 1", Trace, Span, "Debug")]
    [InlineData($"x-b3-traceid: {Trace}\nx-b3-spanid: {Span}", Trace, Span, "Deferred")]
    [InlineData("x-b3-sampled: 0", "-", "-", "Drop")]
    [InlineData($"x-b3-traceid: {Trace}\nx-b3-sampled: 1", "-", "-", "Deferred")]
    [InlineData($"x-b3-traceid: short\nx-b3-spanid: {Span}\nx-b3-sampled: 1", "-", "-", "Deferred")]
    public void Headers_MeanATrace(string headers, string trace, string span, string decision)
    {
        var context = TraceContextReader.Read(Parse(headers));
        Assert.Equal(
            (trace, span, decision),
            (context.TraceId == 0 ? "-" : context.FormatTraceId(), context.SpanId == 0 ? "-" : context.SpanId.ToString("x16", null), context.Decision.ToString()));
    }

    // What came, and what goes on; S stands for our span, T for the trace that it is in.
    [Theory]
    [InlineData("", "traceparent: 00-T-S-01")]
    [InlineData($"traceparent: {Parent}\ntracestate: a=b", $"traceparent: 00-{Trace}-S-01\ntracestate: a=b")]
    [InlineData($"traceparent: nonsense\ntracestate: a=b", "traceparent: 00-T-S-01")]
    [InlineData($"b3: {Trace}-{Span}-1", $"b3: {Trace}-S-1-{Span}")]
    [InlineData($"b3: {Trace}-{Span}-d-05e3ac9a4f6e3b90", $"b3: {Trace}-S-d-{Span}")]
    [InlineData($"b3: 8448eb211c80319c-{Span}-1", $"b3: 8448eb211c80319c-S-1-{Span}")]
    [InlineData("b3: 1", "b3: T-S-1")]
    [InlineData($"x-b3-traceid: {Trace}\nx-b3-spanid: {Span}\nx-b3-sampled: 1", $"x-b3-parentspanid: {Span}\nx-b3-sampled: 1\nx-b3-spanid: S\nx-b3-traceid: {Trace}")]
    [InlineData($"x-b3-traceid: {Trace}\nx-b3-spanid: {Span}\nx-b3-flags: 1", $"x-b3-flags: 1\nx-b3-parentspanid: {Span}\nx-b3-spanid: S\nx-b3-traceid: {Trace}")]
    [InlineData("x-b3-sampled: 1\nx-b3-parentspanid: old", "x-b3-sampled: 1\nx-b3-spanid: S\nx-b3-traceid: T")]
    [InlineData($"traceparent: {Parent}\nb3: {Trace}-{Span}-1", $"b3: {Trace}-S-1-{Span}\ntraceparent: 00-{Trace}-S-01")]
    [InlineData($"traceparent: nonsense\nb3: {Trace}-{Span}-1", $"b3: {Trace}-S-1-{Span}")]
    public void Span_IsPassedOnInTheFormsThatCame(string came, string goes)
    {
        var headers = Parse(came);
        var context = TraceContextReader.Read(headers);
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C);
        if (context.TraceId != 0)
        {
            var parent = context.ToParent(null);
            activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        }

        activity.Start();
        TraceContextWriter.Write(headers, context, activity);

        var seen = headers.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {h.Value}");
        var text = string.Join('\n', seen).Replace(activity.SpanId.ToHexString(), "S", StringComparison.Ordinal);
        Assert.Equal(goes, context.TraceId == 0 ? text.Replace(activity.TraceId.ToHexString(), "T", StringComparison.Ordinal) : text);
    }

    [Theory]
    [InlineData($"traceparent: 00-{Trace}-{Span}-00")]
    [InlineData($"b3: {Trace}-{Span}-0")]
    public void Headers_OfACallerThatDecided_AreReadWithoutAnAllocation(string came)
    {
        var headers = Parse(came);

        // What is allocated once, by whoever is called for the first time, is not in the least of several.
        var least = long.MaxValue;
        for (var i = 0; i < 10; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var context = TraceContextReader.Read(headers);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(TraceDecision.Drop, context.Decision);
        }

        Assert.Equal(0, least);
    }

    private static HeaderDictionary Parse(string lines)
    {
        var headers = new HeaderDictionary();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = line.Split(": ", 2) is [var first, var second] ? (first, second) : throw new FormatException(line);
            headers.Append(name, value);
        }

        return headers;
    }
}
