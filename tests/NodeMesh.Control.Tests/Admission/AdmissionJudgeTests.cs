using System.Text.Json.Nodes;
using NodeMesh.Control.Admission;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Control.Tests.Admission;

/// <summary>What the webhook answers to reviews.</summary>
public sealed class AdmissionJudgeTests
{
    private const string Good = """{"apiVersion":"security.istio.io/v1","kind":"AuthorizationPolicy","metadata":{"name":"p","namespace":"shop"},"spec":{"rules":[{"to":[{"operation":{"ports":["80"]}}]}]}}""";
    private const string Bad = """{"apiVersion":"security.istio.io/v1","kind":"AuthorizationPolicy","metadata":{"name":"p","namespace":"shop"},"spec":{"rules":[{"to":[{"operation":{"ports":["http"]}}]}]}}""";

    [Fact]
    public void GoodObject_IsAllowedUnderItsUid()
    {
        var answer = Ask("AuthorizationPolicy", Good);

        Assert.Equal(("u-1", true), ((string?)answer["uid"], (bool)answer["allowed"]!));
        Assert.Null(answer["status"]);
    }

    [Fact]
    public void BadObject_IsRefusedWithTheSentenceThatValidatePrints()
    {
        var finding = ManifestReader.ReadText(Bad, "p.json").Errors.Single();

        var answer = Ask("AuthorizationPolicy", Bad);

        Assert.False((bool)answer["allowed"]!);
        Assert.Equal($"{finding.Field}: {finding.Message}", (string?)answer["status"]!["message"]);
        Assert.Equal(422, (int)answer["status"]!["code"]!);
    }

    [Fact]
    public void ObjectWithAGeneratedName_IsJudgedByItsContent()
    {
        Assert.True((bool)Ask("AuthorizationPolicy", Good.Replace("\"name\":\"p\"", "\"generateName\":\"p-\"", StringComparison.Ordinal))["allowed"]!);
        Assert.False((bool)Ask("AuthorizationPolicy", Bad.Replace("\"name\":\"p\"", "\"generateName\":\"p-\"", StringComparison.Ordinal))["allowed"]!);
    }

    [Fact]
    public void WhatHasNoEffect_IsAWarning()
    {
        var answer = Ask("AuthorizationPolicy", Good.Replace("\"spec\":{", "\"spec\":{\"selektor\":{},", StringComparison.Ordinal));
        var unserved = Ask("EnvoyFilter", """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"e","namespace":"shop"},"spec":{}}""", group: "networking.istio.io");

        Assert.True((bool)answer["allowed"]! == (answer["status"] is null));
        Assert.True((bool)unserved["allowed"]!);
        Assert.NotEmpty(unserved["warnings"]!.AsArray());
    }

    [Fact]
    public void ObjectThatWasBrokenBefore_MayChangeItsMetadata()
    {
        var relabelled = Bad.Replace("\"namespace\"", "\"labels\":{\"a\":\"b\"},\"namespace\"", StringComparison.Ordinal);
        var deleting = Bad.Replace("\"http\"", "\"https\"", StringComparison.Ordinal).Replace("\"namespace\"", "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"namespace\"", StringComparison.Ordinal);
        var worse = Bad.Replace("\"http\"", "\"https\"", StringComparison.Ordinal);

        var answer = Ask("AuthorizationPolicy", relabelled, old: Bad);
        Assert.True((bool)answer["allowed"]!);
        Assert.Single(answer["warnings"]!.AsArray());
        Assert.True((bool)Ask("AuthorizationPolicy", deleting, old: Bad)["allowed"]!);
        Assert.False((bool)Ask("AuthorizationPolicy", worse, old: Bad)["allowed"]!);
    }

    [Fact]
    public void DeletionAndKindsThatNobodyKnows_AreAllowed()
    {
        Assert.True((bool)Ask("AuthorizationPolicy", "null", old: Bad)["allowed"]!);
        Assert.True((bool)Ask("Widget", """{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"}}""", group: "example.com")["allowed"]!);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"u"}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","response":{"uid":"u"}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","request":{"uid":1}}""")]
    public void WhatIsNoReview_HasNoAnswer(string json) => Assert.Null(AdmissionJudge.Answer(JsonNode.Parse(json)));

    [Fact]
    public void Webhooks_FailClosedForSecurityAlone()
    {
        var webhooks = ValidatorWebhooks.Make("", "nodemesh-system", "PEM").OfType<JsonObject>().ToList();
        string Groups(string policy) => string.Join(' ', webhooks.Where(w => (string?)w["failurePolicy"] == policy).SelectMany(w => w["rules"]!.AsArray()).Select(r => (string?)r!["apiGroups"]![0]));

        Assert.Equal("access.smi-spec.io security.istio.io", Groups("Fail"));
        Assert.Contains("gateway.networking.k8s.io", Groups("Ignore"), StringComparison.Ordinal);
        var routes = webhooks.SelectMany(w => w["rules"]!.AsArray()).Single(r => (string?)r!["apiGroups"]![0] == "gateway.networking.k8s.io")!["resources"]!.AsArray().Select(r => (string?)r).ToList();
        Assert.Contains("httproutes", routes);
        Assert.DoesNotContain("gateways", routes);
        Assert.Equal("/validate", (string?)webhooks[0]["clientConfig"]!["service"]!["path"]);
    }

    private static JsonObject Ask(string kind, string json, string? old = null, string group = "security.istio.io")
    {
        var review = new JsonObject
        {
            ["apiVersion"] = AdmissionJudge.ApiVersion,
            ["kind"] = "AdmissionReview",
            ["request"] = new JsonObject
            {
                ["uid"] = "u-1",
                ["kind"] = new JsonObject { ["group"] = group, ["version"] = "v1", ["kind"] = kind },
                ["namespace"] = "shop",
                ["operation"] = old is null ? "CREATE" : "UPDATE",
                ["object"] = JsonNode.Parse(json),
                ["oldObject"] = old is null ? null : JsonNode.Parse(old),
            },
        };
        return (JsonObject)AdmissionJudge.Answer(review)!["response"]!;
    }
}
