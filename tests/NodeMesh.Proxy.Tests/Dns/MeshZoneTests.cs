using System.Net;
using NodeMesh.Dns;
using NodeMesh.Model;
using NodeMesh.Proxy.Dns;

namespace NodeMesh.Proxy.Tests.Dns;

public sealed class MeshZoneTests
{
    private static readonly DnsClient Shop = new("shop");

    private MeshModel _model = MeshModel.Empty;

    [Fact]
    public void Find_ServiceWithAddresses_AnswersWithThem()
    {
        Add(Service("web", "shop", "10.96.0.7", "fd00:96::7"));
        Assert.Equal(["10.96.0.7", "fd00:96::7"], Find("web.shop.svc.cluster.local")!);
        Assert.Equal("web.shop.svc.cluster.local", Zone().FindName(IPAddress.Parse("10.96.0.7"), Shop));
        Assert.Null(Find("nothing.shop.svc.cluster.local"));
    }

    [Fact]
    public void Find_HeadlessService_AnswersWithHealthyEndpointsAndTheirNames()
    {
        var db = Service("db", "shop");
        Add(db, Workload(db, "db-0", "10.244.1.5"), Workload(db, "db-1", "10.244.2.5", WorkloadHealth.Unhealthy));
        Assert.Equal(["10.244.1.5"], Find("db.shop.svc.cluster.local")!);
        Assert.Equal(["10.244.1.5"], Find("db-0.db.shop.svc.cluster.local")!);
        Assert.Null(Find("db-1.db.shop.svc.cluster.local"));
        Assert.Null(Find("db-2.db.shop.svc.cluster.local"));

        Add(db with { LoadBalancing = new Model.LoadBalancing { AllowUnhealthy = true } });
        Assert.Equal(["10.244.1.5", "10.244.2.5"], Find("db.shop.svc.cluster.local")!.Order(StringComparer.Ordinal));
        Assert.Equal(["10.244.2.5"], Find("db-1.db.shop.svc.cluster.local")!);
    }

    [Fact]
    public void Find_HeadlessWithOnlyUnhealthyEndpoints_ExistsWithoutAddresses()
    {
        var db = Service("db", "shop");
        Add(db, Workload(db, "db-0", "10.244.1.5", WorkloadHealth.Unhealthy));
        Assert.Empty(Find("db.shop.svc.cluster.local")!);
    }

    [Fact]
    public void Find_PodOfAServiceWithAddresses_HasNoNameOfItsOwn()
    {
        var web = Service("web", "shop", "10.96.0.7");
        Add(web, Workload(web, "web-0", "10.244.1.6"));
        Assert.Null(Find("web-0.web.shop.svc.cluster.local"));
    }

    [Fact]
    public void Find_NeitherAddressesNorEndpoints_IsForUpstream()
    {
        Add(Service("ext", "shop"));
        var entry = Service("x", "shop") with { Hostname = "api.example.com", Canonical = false };
        Add(entry, Workload(entry, "vm", "192.0.2.1"));
        Assert.Null(Find("ext.shop.svc.cluster.local"));
        Assert.Null(Find("api.example.com"));
    }

    [Fact]
    public void Find_SeveralOfOneName_PrefersOwnNamespaceThenKubernetes()
    {
        Service Entry(string ns, string address, bool canonical) => Service("x", ns, address) with { Hostname = "api.example.com", Canonical = canonical };
        Add(Entry("aaa", "240.0.0.1", false));
        Add(Entry("bbb", "240.0.0.2", true));
        Assert.Equal(["240.0.0.2"], Find("api.example.com")!);
        Add(Entry("shop", "240.0.0.3", false));
        Assert.Equal(["240.0.0.3"], Find("api.example.com")!);
    }

    [Fact]
    public void Find_ServiceOfAnotherNamespaceOnly_DoesNotExistForOthers()
    {
        Add(Service("web", "other", "10.96.0.9") with { VisibleIn = ["other"] });
        Assert.Null(Find("web.other.svc.cluster.local"));
        Assert.Null(Zone().FindName(IPAddress.Parse("10.96.0.9"), Shop));
        Assert.NotNull(Zone().Find("web.other.svc.cluster.local", new DnsClient("other")));
    }

    private static Service Service(string name, string ns, params string[] addresses) => new()
    {
        Name = name,
        Namespace = ns,
        Hostname = $"{name}.{ns}.svc.cluster.local",
        Addresses = [.. addresses.Select(IPAddress.Parse)],
    };

    private static Workload Workload(Service service, string name, string address, WorkloadHealth health = WorkloadHealth.Healthy) => new()
    {
        Uid = $"Kubernetes//Pod/{service.Namespace}/{name}",
        Name = name,
        Namespace = service.Namespace,
        Addresses = [IPAddress.Parse(address)],
        Health = health,
        Services = [new ServiceBinding(service.Key, [])],
    };

    private void Add(Service service, params Workload[] workloads) => _model = _model.Apply(new ModelChange { Services = [service], Workloads = [.. workloads] });

    private MeshZone Zone() => new(() => _model);

    private string[]? Find(string name) => Zone().Find(name, Shop)?.Addresses.Select(a => a.ToString()).ToArray();
}
