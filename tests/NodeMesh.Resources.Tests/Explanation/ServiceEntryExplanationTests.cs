using NodeMesh.Resources.Tests.Translation.Routing;

namespace NodeMesh.Resources.Tests.Explanation;

public sealed class ServiceEntryExplanationTests
{
    [Fact]
    public void HostOfAnEntry_IsForwardedInPlaintext()
    {
        var answer = Entry("{hosts: [api.example.com], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}").Ask("GET api.example.com:80/");
        Assert.Equal(("forward", "plaintext"), (answer.Action, answer.Transport));
        Assert.Equal("api", Assert.Single(answer.Backends).Service);
    }

    [Fact]
    public void TlsOfADestinationRule_IsTheTransport()
    {
        var mesh = Entry("{hosts: [api.example.com], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]}", """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: api, namespace: shop}
            spec: {host: api.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}}
            """);
        Assert.Equal("tls", mesh.Ask("GET api.example.com:80/").Transport);
        Assert.Empty(mesh.Reported);
    }

    [Fact]
    public void VirtualService_OfAnEntry_Routes()
    {
        var mesh = Entry("{hosts: [api.example.com], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}", """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: shop}
            spec:
              hosts: [api.example.com]
              http:
              - {match: [{uri: {prefix: /v1}}], route: [{destination: {host: v1}}]}
              - {timeout: 3s, route: [{destination: {host: api.example.com}}]}
            """);
        Assert.Equal("api#0 v1.shop:80*1", mesh.Outcome("GET api.example.com:80/v1/a"));
        Assert.Equal("api#1 api.example.com.shop:80*1", mesh.Outcome("GET api.example.com:80/"));
        Assert.Equal(TimeSpan.FromSeconds(3), mesh.Ask("GET api.example.com:80/").Timeout);
    }

    [Fact]
    public void EntryWithoutResolution_AndWildcards_GoWhereTheyWereDialled()
    {
        var mesh = Entry("{hosts: ['*.example.org'], ports: [{number: 443, name: tls, protocol: TLS}]}");
        Assert.Equal("forward", mesh.Ask("GET en.example.org:443/|@protocol=tls").Action);
        Assert.Equal("passthrough", mesh.Ask("GET example.net:443/|@protocol=tls").Action);
    }

    [Theory]
    [InlineData("shop", "forward")]
    [InlineData("other", "passthrough")]
    public void EntryOfOneNamespace_IsHiddenFromOthers(string from, string action)
    {
        var mesh = Entry("{hosts: [api.example.com], resolution: DNS, exportTo: ['.'], ports: [{number: 80, name: http, protocol: HTTP}]}");
        Assert.Equal(action, mesh.Ask($"GET api.example.com:80/|@from={from}").Action);
    }

    private static RoutedMesh Entry(string spec, string more = "") => new($"""
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {"{"}name: api, namespace: shop{"}"}
        spec: {spec}
        ---
        {more}
        """);
}
