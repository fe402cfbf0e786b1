using System.Net;

namespace NodeMesh.Dns.Tests;

public sealed class DnsResolverTests
{
    private static readonly DnsClient Shop = new("shop");

    private readonly FakeZone _zone = new FakeZone()
        .With("web.shop.svc.cluster.local", "10.96.0.7", "fd00:96::7")
        .With("cart.other.svc.cluster.local", "10.96.0.8")
        .With("api.example.com", "240.0.0.1")
        .With("*.wild.example", "240.0.0.2")
        .With("none.shop.svc.cluster.local");

    [Theory]
    [InlineData("web.shop.svc.cluster.local", "10.96.0.7", null)]
    [InlineData("WEB.Shop.svc.cluster.local", "10.96.0.7", null)]
    [InlineData("web", "10.96.0.7", null)]
    [InlineData("web.shop", "10.96.0.7", null)]
    [InlineData("web.shop.svc", "10.96.0.7", null)]
    [InlineData("cart.other", "10.96.0.8", null)]
    [InlineData("cart.other.svc", "10.96.0.8", null)]
    [InlineData("cart.other.svc.cluster.local", "10.96.0.8", null)]
    [InlineData("cart.other.shop.svc.cluster.local", "10.96.0.8", "cart.other.svc.cluster.local")]
    [InlineData("cart.other.svc.shop.svc.cluster.local", "10.96.0.8", "cart.other.svc.cluster.local")]
    [InlineData("cart.other.svc.cluster.local.shop.svc.cluster.local", "10.96.0.8", "cart.other.svc.cluster.local")]
    [InlineData("cart.other.svc.cluster.local.svc.cluster.local", "10.96.0.8", "cart.other.svc.cluster.local")]
    [InlineData("cart.other.svc.cluster.local.cluster.local", "10.96.0.8", "cart.other.svc.cluster.local")]
    [InlineData("api.example.com", "240.0.0.1", null)]
    [InlineData("api.example.com.shop.svc.cluster.local", "240.0.0.1", "api.example.com")]
    [InlineData("api.example.com.cluster.local", "240.0.0.1", "api.example.com")]
    [InlineData("a.wild.example", "240.0.0.2", null)]
    [InlineData("a.b.wild.example", "240.0.0.2", null)]
    public void Resolve_NameOfTheMesh_AnswersWithItsAddress(string name, string address, string? alias)
    {
        var answer = Proxy().Resolve(new DnsQuestion(name, DnsRecordType.A), Shop);
        Assert.NotNull(answer);
        Assert.Equal(DnsResponseCode.NoError, answer.Code);
        var last = answer.Records[^1];
        Assert.Equal(IPAddress.Parse(address), last.Address);
        Assert.Equal(30u, last.TimeToLive);
        Assert.Equal(alias ?? name, last.Name);
        if (alias is null)
        {
            Assert.Single(answer.Records);
        }
        else
        {
            Assert.Equal(DnsRecord.ForName(DnsRecordType.Cname, name, alias, 30), answer.Records[0]);
        }
    }

    [Theory]
    [InlineData("cart")]
    [InlineData("web.other")]
    [InlineData("web.other.svc.cluster.local")]
    [InlineData("wild.example")]
    [InlineData("example.com")]
    [InlineData("cluster.local")]
    [InlineData("xcluster.local")]
    [InlineData("com")]
    [InlineData("")]
    public void Resolve_OtherName_IsForUpstream(string name) => Assert.Null(Proxy().Resolve(new DnsQuestion(name, DnsRecordType.A), Shop));

    [Fact]
    public void Resolve_HostWithoutThatType_IsEmptyNotMissing()
    {
        foreach (var (name, type) in new[] { ("cart.other", DnsRecordType.Aaaa), ("none", DnsRecordType.A), ("none", DnsRecordType.Aaaa) })
        {
            var answer = Proxy().Resolve(new DnsQuestion(name, type), Shop);
            Assert.Equal(DnsResponseCode.NoError, answer?.Code);
            Assert.Empty(answer!.Records);
        }
    }

    [Fact]
    public void Resolve_OtherTypesOfAKnownHost_AreForUpstreamUnlessAuthority()
    {
        var question = new DnsQuestion("api.example.com", (DnsRecordType)15);
        Assert.Null(Proxy().Resolve(question, Shop));
        Assert.Empty(Authority().Resolve(question, Shop)!.Records);
    }

    [Fact]
    public void Resolve_Authority_SaysWhatDoesNotExistAndTakesNamesAsTheyAre()
    {
        Assert.Equal(DnsResponseCode.NameError, Authority().Resolve(new DnsQuestion("web.other.svc.cluster.local", DnsRecordType.A), Shop)?.Code);
        Assert.Equal(DnsResponseCode.NameError, Authority().Resolve(new DnsQuestion("cart.other.shop.svc.cluster.local", DnsRecordType.A), Shop)?.Code);
        Assert.Null(Authority().Resolve(new DnsQuestion("web", DnsRecordType.A), Shop));
        Assert.Single(Authority().Resolve(new DnsQuestion("web.shop.svc.cluster.local", DnsRecordType.A), Shop)!.Records);
    }

    [Fact]
    public void Resolve_Alias_IsFollowedInsideAndHandedOnOutside()
    {
        _zone.Hosts["inner.shop.svc.cluster.local"] = new DnsHost { CanonicalName = "web.shop.svc.cluster.local" };
        _zone.Hosts["outer.shop.svc.cluster.local"] = new DnsHost { CanonicalName = "www.example.org" };
        _zone.Hosts["loop.shop.svc.cluster.local"] = new DnsHost { CanonicalName = "loop.shop.svc.cluster.local" };
        var inner = Authority().Resolve(new DnsQuestion("inner.shop.svc.cluster.local", DnsRecordType.A), Shop)!;
        Assert.Equal([DnsRecordType.Cname, DnsRecordType.A], inner.Records.Select(r => r.Type));
        Assert.Equal("web.shop.svc.cluster.local", inner.Records[1].Name);
        Assert.Null(inner.UnresolvedTarget);
        var outer = Authority().Resolve(new DnsQuestion("outer.shop.svc.cluster.local", DnsRecordType.A), Shop)!;
        Assert.Equal("www.example.org", outer.UnresolvedTarget);
        Assert.Equal("www.example.org", Assert.Single(outer.Records).Target);
        Assert.Equal(DnsResponseCode.ServerFailure, Authority().Resolve(new DnsQuestion("loop.shop.svc.cluster.local", DnsRecordType.A), Shop)!.Code);
    }

    [Fact]
    public void Resolve_ServicesAndReverseNames_AreAnswered()
    {
        _zone.Hosts["_http._tcp.web.shop.svc.cluster.local"] = new DnsHost { Services = [new DnsServiceRecord("web.shop.svc.cluster.local", 8080)] };
        var record = Assert.Single(Authority().Resolve(new DnsQuestion("_http._tcp.web.shop.svc.cluster.local", DnsRecordType.Srv), Shop)!.Records);
        Assert.Equal((8080, "web.shop.svc.cluster.local"), (record.Port, record.Target));
        Assert.Equal("web.shop.svc.cluster.local", Proxy().Resolve(new DnsQuestion("7.0.96.10.in-addr.arpa", DnsRecordType.Ptr), Shop)!.Records[0].Target);
        Assert.Null(Proxy().Resolve(new DnsQuestion("1.1.1.1.in-addr.arpa", DnsRecordType.Ptr), Shop));
    }

    [Fact]
    public void Resolve_SeveralAddresses_AreShuffled()
    {
        _zone.With("many.shop.svc.cluster.local", [.. Enumerable.Range(1, 20).Select(i => $"10.0.0.{i}")]);
        var orders = Enumerable.Range(0, 10).Select(_ => string.Join(' ', Proxy().Resolve(new DnsQuestion("many", DnsRecordType.A), Shop)!.Records.Select(r => r.Address))).ToHashSet(StringComparer.Ordinal);
        Assert.True(orders.Count > 1);
        Assert.All(orders, o => Assert.Equal(20, o.Split(' ').Distinct().Count()));
    }

    private DnsResolver Proxy() => new(_zone, new DnsResolverOptions());

    private DnsResolver Authority() => new(_zone, new DnsResolverOptions { IsAuthority = true });
}
