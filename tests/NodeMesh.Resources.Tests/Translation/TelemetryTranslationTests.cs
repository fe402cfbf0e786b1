using NodeMesh.Model;
using NodeMesh.Model.AccessLogging;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Translation;

public sealed class TelemetryTranslationTests
{
    private static readonly MeshSettings Known = new() { TracingProviders = ["otlp"] };

    [Fact]
    public void Fields_OfTheNarrowerTelemetry_Win_AndOthersStay()
    {
        var mesh = new TestMesh(
            TestMesh.Shop
            + Telemetry("{tracing: [{randomSamplingPercentage: 10, enableIstioTags: false, customTags: {a: {literal: {value: root}}, b: {literal: {value: root}}}}]}", "root", "istio-system")
            + Telemetry("{tracing: [{randomSamplingPercentage: 20}]}", "all")
            + Telemetry("{selector: {matchLabels: {app: web}}, tracing: [{disableContextPropagation: true, customTags: {c: {header: {name: x-c, defaultValue: none}}}}]}", "web"),
            Known);

        var web = mesh.Workload().Tracing!;
        Assert.Equal((20.0, true, false, false), (web.SamplingPercentage, web.IsReported, web.PropagatesContext, web.HasIstioTags));
        Assert.Equal(new TracingTag("c", "x-c", "none"), Assert.Single(web.Tags));
        var far = mesh.Workload("other/far").Tracing!;
        Assert.Equal((10.0, true, true, false), (far.SamplingPercentage, far.IsReported, far.PropagatesContext, far.HasIstioTags));
        Assert.Equal([new TracingTag("a", "", "root"), new TracingTag("b", "", "root")], far.Tags);
        Assert.Empty(mesh.Result.Findings);
    }

    [Theory]
    [InlineData("{tracing: [{disableSpanReporting: true}]}", false)]
    [InlineData("{tracing: [{disableSpanReporting: false}]}", true)]
    [InlineData("{tracing: [{}]}", true)]
    [InlineData("{tracing: [{providers: [{name: otlp}]}]}", true)]
    [InlineData("{tracing: [{providers: [{name: zipkin}]}]}", false)]
    [InlineData("{tracing: [{match: {mode: CLIENT}, disableSpanReporting: true}]}", false)]
    public void Spans_AreReported_UnlessTheyAreDisabledOrTheirProviderIsUnknown(string spec, bool reported) =>
        Assert.Equal(reported, new TestMesh(TestMesh.Shop + Telemetry(spec), Known).Workload().Tracing!.IsReported);

    [Theory]
    [InlineData("{}")]
    [InlineData("{accessLogging: [{disabled: true}]}")]
    [InlineData("{tracing: [{match: {mode: SERVER}, randomSamplingPercentage: 5}]}")]
    [InlineData("{selector: {matchLabels: {app: api}}, tracing: [{}]}")]
    [InlineData("{targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: g}], tracing: [{}]}")]
    public void Telemetry_ThatIsNotAboutTheClientsSpans_SaysNothingOfThem(string spec) =>
        Assert.Null(new TestMesh(TestMesh.Shop + Telemetry(spec), Known).Workload().Tracing);

    [Theory]
    [InlineData("{tracing: [{providers: [{name: zipkin}]}]}", FindingCodes.TargetNotFound, "spec.tracing[0].providers[0].name")]
    [InlineData("{tracing: [{match: {mode: SERVER}}]}", FindingCodes.NotServed, "spec.tracing[0].match.mode")]
    [InlineData("{tracing: [{useRequestIdForTraceSampling: true}]}", FindingCodes.NotServed, "spec.tracing[0].useRequestIdForTraceSampling")]
    [InlineData("{tracing: [{customTags: {e: {environment: {name: HOME}}}}]}", FindingCodes.NotServed, "spec.tracing[0].customTags.e.environment")]
    [InlineData("{tracing: [{customTags: {e: {formatter: {value: '%PROTOCOL%'}}}}]}", FindingCodes.NotServed, "spec.tracing[0].customTags.e.formatter")]
    [InlineData("{accessLogging: [{providers: [{name: otel}]}]}", FindingCodes.NotServed, "spec.accessLogging[0].providers[0].name")]
    [InlineData("{accessLogging: [{filter: {expression: 'request.headers[\"x-user\"] == \"a\"'}}]}", FindingCodes.NotServed, "spec.accessLogging[0].filter.expression")]
    [InlineData("{accessLogging: [{match: {mode: SERVER}, filter: {expression: 'response.code >= 400'}}]}", FindingCodes.NotServed, "spec.accessLogging[0].filter.expression")]
    [InlineData("{metrics: [{providers: [{name: prometheus}]}]}", FindingCodes.NotServed, "spec.metrics[0]")]
    [InlineData("{targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: g}], tracing: [{}]}", FindingCodes.NotServed, "spec.targetRefs")]
    public void WhatIsNotServed_IsReportedWhereItStands(string spec, string code, string field) =>
        Assert.Contains(new TestMesh(TestMesh.Shop + Telemetry(spec), Known).Result.Findings, f => f.Code == code && f.Field == field && f.Resource?.Name == "default");

    [Theory]
    [InlineData("{accessLogging: [{}]}", "on | on")]
    [InlineData("{accessLogging: [{disabled: true}]}", "off | off")]
    [InlineData("{accessLogging: [{match: {mode: CLIENT}, disabled: true}]}", "off | on")]
    [InlineData("{accessLogging: [{match: {mode: SERVER}, disabled: true}]}", "on | off")]
    [InlineData("{accessLogging: [{providers: [{name: envoy}], filter: {expression: 'response.code >= 400'}}]}", "response.code >= 400 | response.code >= 400")]
    [InlineData("{accessLogging: [{match: {mode: CLIENT}, filter: {expression: 'response.code >= 400'}}, {match: {mode: SERVER}, filter: {expression: connection.mtls}}]}", "response.code >= 400 | connection.mtls")]
    public void AccessLogging_OfAWorkload_IsThatOfItsEnds(string spec, string expected)
    {
        var mesh = new TestMesh(TestMesh.Shop + Telemetry(spec), Known);
        Assert.Equal(expected, Told(mesh.Workload().AccessLog));
        Assert.Empty(mesh.Result.Findings);
    }

    [Theory]
    [InlineData("{accessLogging: [{providers: [{name: otel}], disabled: true}]}", null)]
    [InlineData("{accessLogging: [{filter: {expression: 'request.headers[\"x-user\"] == \"a\"'}}]}", "on | on")]
    [InlineData("{tracing: [{}]}", null)]
    public void AccessLogging_ThatIsNotServed_LosesNoLine(string spec, string? expected) =>
        Assert.Equal(expected, Told(new TestMesh(TestMesh.Shop + Telemetry(spec), Known).Workload().AccessLog));

    [Fact]
    public void AccessLogging_OfTheNarrowerTelemetry_Wins_AndWhatItLeavesOutStays()
    {
        var mesh = new TestMesh(
            TestMesh.Shop
            + Telemetry("{accessLogging: [{disabled: true}]}", "root", "istio-system")
            + Telemetry("{accessLogging: [{filter: {expression: 'response.code >= 400'}}]}", "all")
            + Telemetry("{selector: {matchLabels: {app: web}}, accessLogging: [{disabled: false}]}", "web"),
            Known);

        Assert.Equal("response.code >= 400 | response.code >= 400", Told(mesh.Workload().AccessLog));
        Assert.Equal("off | off", Told(mesh.Workload("other/far").AccessLog));
        Assert.Empty(mesh.Result.Findings);
    }

    [Fact]
    public void Tracing_OfAMeshThatSendsNone_IsReported()
    {
        var nowhere = new TestMesh(TestMesh.Shop + Telemetry("{tracing: [{providers: [{name: otlp}]}]}"), new MeshSettings { TracingProviders = [] });
        Assert.Contains(nowhere.Result.Findings, f => f.Code == FindingCodes.NoEffect && f.Message.Contains("--otlp-endpoint", StringComparison.Ordinal));

        // Of files nobody knows where their mesh sends spans.
        Assert.Empty(new TestMesh(TestMesh.Shop + Telemetry("{tracing: [{providers: [{name: any}]}]}")).Result.Findings);
    }

    [Fact]
    public void SecondForAll_HasNoEffect()
    {
        var mesh = new TestMesh(TestMesh.Shop + Telemetry("{tracing: [{randomSamplingPercentage: 1}]}", "a") + Telemetry("{tracing: [{randomSamplingPercentage: 2}]}", "b"), Known);
        Assert.Equal(1.0, mesh.Workload().Tracing!.SamplingPercentage);
        Assert.Contains(mesh.Result.Findings, f => f.Code == FindingCodes.Overridden && f.Resource?.Name == "b");
    }

    private static string? Told(AccessLogPolicy? policy)
    {
        return policy is null ? null : $"{Rule(policy.Client)} | {Rule(policy.Server)}";

        static string Rule(AccessLogRule rule) => rule.IsDisabled ? "off" : rule.Filter?.Expression ?? "on";
    }

    private static string Telemetry(string spec, string name = "default", string ns = "shop") => $"""

        ---
        apiVersion: telemetry.istio.io/v1
        kind: Telemetry
        metadata: {"{"}name: {name}, namespace: {ns}{"}"}
        spec: {spec}

        """;
}
