using System.Text.Json;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Tests.Proxy;

public sealed class ConfigSectionsTests
{
    [Fact]
    public void Workloads_AsTable_ShowEveryColumn() => Assert.Equal(
        """
        NAMESPACE   NAME        ADDRESS                    NODE     SERVICE ACCOUNT   PROTOCOL   HEALTH      SERVICES   POLICIES
        shop        web-1       10.244.1.5,fd00:244:1::5   node-1   web               HBONE      healthy     0          shop/deny-web
        shop        catalog-1   10.244.2.6                 node-2   catalog           HBONE      unhealthy   1          -
        other       legacy      10.244.2.7                 node-2   default           NONE       healthy     1          -

        """,
        Table("workload"));

    [Fact]
    public void Services_AsTable_CountReadyEndpoints() => Assert.Equal(
        """
        NAMESPACE   HOST                             ADDRESS      PORTS           ENDPOINTS
        shop        catalog.shop.svc.cluster.local   10.96.0.20   80->8080,9090   1/2

        """,
        Table("service"));

    [Fact]
    public void Certificates_AsTable_SayWhenTheyExpire() => Assert.Equal(
        """
        IDENTITY                                STATE       SERIAL NUMBER   NOT BEFORE             NOT AFTER              EXPIRES IN   ERROR
        spiffe://cluster.local/ns/shop/sa/web   available   0A              2026-01-01T03:00:00Z   2026-01-02T15:30:00Z   12h30m       -

        """,
        Table("certificate"));

    [Fact]
    public void Policies_AsTable_SayWhatTheyDo() => Assert.Equal(
        """
        NAMESPACE   NAME       ACTION   SCOPE               RULES   DRY RUN
        shop        deny-web   DENY     workload_selector   2       yes

        """,
        Table("policy"));

    [Fact]
    public void Connections_AsTable_ShowBothEndsAndTheTunnel() => Assert.Equal(
        """
        DIRECTION   SOURCE                          SOURCE IDENTITY   DESTINATION                         UPSTREAM                           SECURITY     PATH    TUNNEL                RECEIVED   SENT     AGE
        outbound    shop/web-1 (10.244.1.5:40000)   ns/shop/sa/web    catalog.shop.svc.cluster.local:80   shop/catalog-1 (10.244.2.6:8080)   mutual_tls   proxy   #3 172.18.1.2:15008   100B       1.5MiB   3m20s
        inbound     192.0.2.1:5                     -                 10.244.1.5:8080                     shop/web-1 (10.244.1.5:8080)       plaintext    proxy   -                     0B         0B       250ms

        """,
        Table("connection"));

    [Fact]
    public void Pods_AsTable_ShowWhyCaptureFailed() => Assert.Equal(
        """
        NAMESPACE   NAME    ADDRESS      SERVICE ACCOUNT   CAPTURE    IN DISCOVERY   CONNECTIONS   ERROR
        shop        web-1   10.244.1.5   web               captured   yes            1             -
        shop        new     10.244.1.6   new               pending    no             0             no iptables

        """,
        Table("pod"));

    [Fact]
    public void Routes_AsTable_SayWhatTheyAreMadeOf() => Assert.Equal(
        """
        NAMESPACE   HOST                             HTTP   GRPC   ORDERED   CONNECTIONS   TRAFFIC POLICIES   RATE LIMITS   FROM
        shop        catalog.shop.svc.cluster.local   2      0      0         0             1                  0             HTTPRoute shop/canary,DestinationRule shop/catalog

        """,
        Section("route").Table(Rules, new ConfigFilter("shop", "canary")).ToString());

    [Fact]
    public void NetworkPolicies_AsTable_SayInWhichDirectionTheyIsolate() => Assert.Equal(
        """
        NAMESPACE   NAME       INGRESS   EGRESS
        shop        deny-all   0 rules   -

        """,
        Section("networkpolicy").Table(Rules, new ConfigFilter()).ToString());

    [Fact]
    public void Wide_HasTheColumnsOfTheTableAndMore()
    {
        foreach (var section in ConfigSections.All.Where(s => s.Wide.Count > 0))
        {
            var (narrow, wide) = (section.Table(Dumps.Node1, new ConfigFilter()).ToString().Split('\n'), section.Table(Dumps.Node1, new ConfigFilter(), wide: true).ToString().Split('\n'));
            Assert.Equal(narrow.Length, wide.Length);
            Assert.EndsWith(section.Wide[^1].Heading, wide[0], StringComparison.Ordinal);
            Assert.StartsWith(narrow[0], wide[0], StringComparison.Ordinal);
        }

        Assert.Contains("k//Pod/shop/web-1", Section("workload").Table(Dumps.Node1, new ConfigFilter(), wide: true).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node-1", "node-1")]
    [InlineData("catalog-1.shop", "node-2")]
    [InlineData("nothing.shop", "nothing.shop")]
    public async Task Node_IsFoundByItsNameOrByAPod(string text, string expected)
    {
        using var mesh = new FakeMesh { Nodes = ["node-1", "node-2"] };
        mesh.Answers[(new MeshPart(MeshPort.Admin, "node-2"), "/config_dump")] = Dumps.Node1.GetRawText();

        Assert.Equal(expected, await ProxyCommands.NodeOfAsync(mesh, text, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("workload", "other", null, null, 1)]
    [InlineData("workload", null, "WEB", null, 1)]
    [InlineData("workload", null, null, "10.244.2.", 2)]
    [InlineData("workload", "shop", "catalog", "10.244.1", 0)]
    [InlineData("certificate", "shop", null, null, 1)]
    [InlineData("certificate", "other", null, null, 0)]
    [InlineData("connection", null, "catalog", null, 1)]
    [InlineData("connection", null, null, "192.0.2.1", 1)]
    public void Filter_OfASection_KeepsWhatMatchesAll(string section, string? ns, string? name, string? address, int expected) =>
        Assert.Equal(expected, Section(section).Select(Dumps.Node1, new ConfigFilter(ns, name, address)).Count);

    [Fact]
    public void Json_OfOneSection_IsAnArray()
    {
        var json = JsonDocument.Parse(ProxyCommands.RenderJson(Dumps.Node1, [Section("workload")], new ConfigFilter("other"))).RootElement;
        Assert.Equal("legacy", Assert.Single(json.EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public void Json_OfAll_IsTheDumpWithItsSectionsFiltered()
    {
        var json = JsonDocument.Parse(ProxyCommands.RenderJson(Dumps.Node1, ConfigSections.All, new ConfigFilter("other"))).RootElement;
        Assert.Equal("node-1", json.GetProperty("node").GetString());
        Assert.Equal(1, json.GetProperty("workloads").GetArrayLength());
        Assert.Equal(0, json.GetProperty("services").GetArrayLength());
    }

    [Fact]
    public void Tables_OfAll_HaveEachSectionsName()
    {
        var text = ProxyCommands.RenderTables(Dumps.Node1, ConfigSections.All, new ConfigFilter());
        Assert.All(ConfigSections.All, s => Assert.Contains($"{s.Property}:\n", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Table_OfAnEmptyDump_IsItsHeadings() =>
        Assert.Equal("NAMESPACE   NAME   ACTION   SCOPE   RULES   DRY RUN\n", Section("policy").Table(JsonDocument.Parse("{}").RootElement, new ConfigFilter()).ToString());

    private static JsonElement Rules { get; } = JsonDocument.Parse(
        """
        {
          "routes": [
            {"key": "shop/catalog.shop.svc.cluster.local", "http": [{"origin": {"kind": "HTTPRoute", "namespace": "shop", "name": "canary"}}, {"origin": {"kind": "HTTPRoute", "namespace": "shop", "name": "canary"}}],
             "trafficPolicies": [{"origin": {"kind": "DestinationRule", "namespace": "shop", "name": "catalog"}}]},
            {"key": "other/x.other.svc.cluster.local", "http": [{"origin": {"kind": "HTTPRoute", "namespace": "other", "name": "x"}}]}
          ],
          "networkPolicies": [{"namespace": "shop", "name": "deny-all", "ingress": []}]
        }
        """).RootElement;

    private static ConfigSection Section(string name) => ConfigSections.All.Single(s => s.Name == name);

    private static string Table(string section) => Section(section).Table(Dumps.Node1, new ConfigFilter()).ToString();
}
