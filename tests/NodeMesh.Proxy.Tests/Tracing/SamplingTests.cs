using System.Diagnostics;
using NodeMesh.Model;
using NodeMesh.Proxy.Tracing;

namespace NodeMesh.Proxy.Tests.Tracing;

public sealed class SamplingTests
{
    /// <summary>Telemetry's share (negative for none said), the mesh's, what chance says of 100, and what becomes of a request whose caller has not decided.</summary>
    [Theory]
    [InlineData(-1, 1, 0.5, true)]
    [InlineData(-1, 1, 1.5, false)]
    [InlineData(0, 100, 0, false)]
    [InlineData(100, 0, 99.99, true)]
    [InlineData(12.5, 0, 12.4, true)]
    [InlineData(12.5, 0, 12.5, false)]
    public void Chance_Decides_WhereNobodyHas(double telemetry, double mesh, double chance, bool sampled)
    {
        using var source = new ActivitySource("test");
        var tracer = new RequestTracer(source, mesh, new FixedRandom(chance / 100));
        Assert.Equal(sampled, tracer.IsSampled(TraceDecision.Deferred, telemetry < 0 ? null : new TracingPolicy { SamplingPercentage = telemetry }));
    }

    [Theory]
    [InlineData("Drop", false)]
    [InlineData("Record", true)]
    [InlineData("Debug", true)]
    public void Caller_Decides_WhateverTheShare(string decision, bool sampled)
    {
        using var source = new ActivitySource("test");
        var tracer = new RequestTracer(source, 50, new FixedRandom(0.5));
        Assert.All([0, 100.0], share => Assert.Equal(sampled, tracer.IsSampled(Enum.Parse<TraceDecision>(decision), new TracingPolicy { SamplingPercentage = share })));
    }

    [Theory]
    [InlineData(-1, true, true)]
    [InlineData(5, true, true)]
    [InlineData(0, true, false)]
    [InlineData(100, false, false)]
    public void Requests_AreLookedAt_WhereATelemetryWantsSpans(double share, bool reported, bool looked)
    {
        Assert.Equal(looked, RequestTracer.Needs(new TracingPolicy { SamplingPercentage = share < 0 ? null : share, IsReported = reported }));
        Assert.False(RequestTracer.Needs(null));
    }

    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
