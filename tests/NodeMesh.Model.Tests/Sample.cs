using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model.Tests;

/// <summary>Short ways to make model objects.</summary>
internal static class Sample
{
    public static readonly NamespacedName Web = new("shop", "web.shop.svc.cluster.local");

    public static Workload Pod(string name, string address, string node = "node-1", string ns = "shop", string account = "default") => new()
    {
        Uid = $"Kubernetes//Pod/{ns}/{name}",
        Name = name,
        Namespace = ns,
        ServiceAccount = account,
        Node = node,
        Addresses = [IPAddress.Parse(address)],
        TunnelProtocol = TunnelProtocol.Hbone,
    };

    public static Workload Behind(this Workload workload, NamespacedName service, params ServicePort[] ports) =>
        workload with { Services = workload.Services.Add(new ServiceBinding(service, [.. ports])) };

    public static Service Service(string vip = "10.96.0.20", string name = "web", string ns = "shop", int port = 80, int target = 8080) => new()
    {
        Name = name,
        Namespace = ns,
        Hostname = $"{name}.{ns}.svc.cluster.local",
        Addresses = vip.Length == 0 ? [] : [IPAddress.Parse(vip)],
        Ports = [new ServicePort(port, target)],
    };

    public static MeshNode Node(string name, params string[] addresses) =>
        new() { Name = name, Addresses = [.. addresses.Select(IPAddress.Parse)] };

    public static MeshModel Model(params object[] objects) => MeshModel.Empty.Apply(new ModelChange
    {
        Workloads = [.. objects.OfType<Workload>()],
        Services = [.. objects.OfType<Service>()],
        Policies = [.. objects.OfType<AuthorizationPolicy>()],
        Nodes = [.. objects.OfType<MeshNode>()],
    });

    public static AuthorizationPolicy Policy(
        string name,
        PolicyAction action,
        PolicyMatch? match,
        string ns = "shop",
        PolicyScope scope = PolicyScope.Namespace,
        bool dryRun = false) => new()
        {
            Name = name,
            Namespace = ns,
            Scope = scope,
            Action = action,
            DryRun = dryRun,
            Rules = match is null ? [] : [new PolicyRule([new PolicyClause([match])])],
        };

    public static ImmutableArray<StringMatch> Exact(params string[] values) => [.. values.Select(v => new StringMatch(StringMatchKind.Exact, v))];
}
