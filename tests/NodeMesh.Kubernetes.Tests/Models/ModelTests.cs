using System.Text.Json;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Tests.Models;

public sealed class ModelTests
{
    [Fact]
    public void UnknownFields_SurviveReadAndWrite()
    {
        const string text = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","future":{"x":1}},"spec":{"nodeName":"n","dnsPolicy":"ClusterFirst","containers":[{"name":"c","resources":{"limits":{"cpu":"1"}}}]},"later":[1,2]}""";
        var pod = JsonSerializer.Deserialize(text, KubernetesJsonContext.Default.V1Pod)!;
        Assert.Equal("n", pod.Spec!.NodeName);
        var written = JsonSerializer.Serialize(pod, KubernetesJsonContext.Default.V1Pod);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(text).RootElement, JsonDocument.Parse(written).RootElement), written);
    }

    [Fact]
    public void LeaseTimes_HaveSixDigitsOfASecond()
    {
        var lease = new V1Lease { Spec = new V1LeaseSpec { RenewTime = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)).AddTicks(1_234_567) } };
        var text = JsonSerializer.Serialize(lease, KubernetesJsonContext.Default.V1Lease);
        Assert.Contains("\"renewTime\":\"2026-01-02T02:04:05.123456Z\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("acquireTime", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_DoesNotShowItsDataAsText()
    {
        var secret = new V1Secret { Metadata = new V1ObjectMeta { Name = "s", Namespace = "n" }, Data = new() { ["k"] = [1, 2, 3] } };
        Assert.Equal("Secret n/s", secret.ToString());
    }

    [Fact]
    public void UntypedObject_GivesAndTakesFields()
    {
        var value = KubernetesObject.Parse("""{"apiVersion":"a/v1","kind":"K","metadata":{"name":"x"},"spec":{"port":1}}""");
        Assert.Equal(1, value["spec"]!.Value.GetProperty("port").GetInt32());
        value["spec"] = null;
        value["status"] = JsonDocument.Parse("{}").RootElement;
        Assert.Equal("""{"apiVersion":"a/v1","kind":"K","metadata":{"name":"x"},"status":{}}""", value.ToJson());
    }

    [Theory]
    [InlineData("", "pods", "shop", "web", "log", "/api/v1/namespaces/shop/pods/web/log")]
    [InlineData("", "pods", null, null, null, "/api/v1/pods")]
    [InlineData("apps", "deployments", "shop", null, null, "/apis/apps/v1/namespaces/shop/deployments")]
    [InlineData("rbac.authorization.k8s.io", "clusterroles", "ignored", "system:node", null, "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode")]
    public void Path_IsTheApiServers(string group, string plural, string? ns, string? name, string? subresource, string expected) =>
        Assert.Equal(expected, new KubernetesKind(group, "v1", "Any", plural, !plural.StartsWith("cluster", StringComparison.Ordinal)).Path(ns, name, subresource));
}
