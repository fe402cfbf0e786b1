using NodeMesh.Cli.Demo;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Tests.Demo;

public sealed class ShopManifestTests
{
    private const string Shop =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: catalog, namespace: shop}
        spec:
          selector: {app: catalog}
          ports: [{port: 80, targetPort: 8080}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
                - name: main
                  image: shop
                  env:
                    - {name: UPSTREAM, value: "http://catalog:80/items, http://elsewhere/x"}
        """;

    [Fact]
    public void Edges_OfAManifest_AreUrlsOfItsServices() =>
        Assert.Equal([new CallEdge("shop", "web", "catalog", "http://catalog:80/items")], ShopManifest.Edges(ManifestReader.ReadText(Shop, "shop.yaml")));

    [Fact]
    public void Edges_WithoutCalls_SaysSo() =>
        Assert.Throws<DemoException>(() => ShopManifest.Edges(ManifestReader.ReadText(Shop.Replace("http://catalog", "http://cart", StringComparison.Ordinal), "shop.yaml")));

    [Fact]
    public void OwnManifests_AreAccepted()
    {
        foreach (var text in (string[])[DemoManifests.Plain, DemoManifests.Deny(new CallEdge("shop", "web", "catalog", "http://catalog/"), "cluster.local/ns/shop/sa/web")])
        {
            Assert.Empty(ManifestReader.ReadText(text, "demo.yaml").Findings);
        }
    }
}
