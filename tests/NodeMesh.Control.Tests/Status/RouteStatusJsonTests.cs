using System.Text.Json.Nodes;
using NodeMesh.Control.Status;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Tests.Status;

public sealed class RouteStatusJsonTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-03-04T05:06:07Z", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly RouteParentStatus Web = new(new ParentReference { Group = "", Kind = "Service", Name = "web", Port = 80 }, [new RouteCondition("Accepted", true, "Accepted", "m")]);

    [Fact]
    public void Entries_OfOthers_StayAsTheyAre()
    {
        var before = JsonNode.Parse("""{"parents":[{"parentRef":{"name":"gw"},"controllerName":"example.com/gateway","conditions":[{"type":"Accepted","status":"False","unknown":1}]},{"parentRef":{"name":"old"},"controllerName":"nodemesh.io/mesh-controller","conditions":[]}]}""");

        var merged = RouteStatusJson.Merge([Web], 3, before, Now);

        Assert.Equal(2, merged.Count);
        Assert.True(JsonNode.DeepEquals(before!["parents"]![0], merged[0]));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"parentRef":{"group":"","kind":"Service","name":"web","port":80},"controllerName":"nodemesh.io/mesh-controller","conditions":[{"type":"Accepted","status":"True","reason":"Accepted","message":"m","lastTransitionTime":"2026-03-04T05:06:07Z","observedGeneration":3}]}"""),
            merged[1]));
    }

    [Fact]
    public void Condition_ThatHeldBefore_KeepsItsTime()
    {
        var before = new JsonObject { ["parents"] = RouteStatusJson.Merge([Web], 3, null, Now) };

        var same = RouteStatusJson.Merge([Web], 3, before, Now.AddHours(1));
        var changed = RouteStatusJson.Merge([Web with { Conditions = [new RouteCondition("Accepted", false, "NoMatchingParent", "m")] }], 4, before, Now.AddHours(1));

        Assert.True(JsonNode.DeepEquals(before["parents"], same));
        Assert.Equal("2026-03-04T06:06:07Z", (string?)changed[0]!["conditions"]![0]!["lastTransitionTime"]);
    }

    [Fact]
    public void Route_WithoutParentsOfOurs_LosesOurEntriesAlone()
    {
        var before = JsonNode.Parse("""{"parents":[{"controllerName":"nodemesh.io/mesh-controller"},{"controllerName":"example.com/gateway"}]}""");

        Assert.Equal("example.com/gateway", (string?)Assert.Single(RouteStatusJson.Merge([], 1, before, Now))!["controllerName"]);
    }
}
