using System.Text.Json;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Describe;

/// <summary>Describes a service: addresses, ports, endpoints, and what routes and restricts its traffic.</summary>
internal static class ServiceDescriber
{
    /// <summary>Describes.</summary>
    /// <param name="picture">The mesh.</param>
    /// <param name="ns">The service's namespace.</param>
    /// <param name="name">The service's name.</param>
    /// <returns>Null when there is no such service.</returns>
    public static Description? Describe(MeshPicture picture, string ns, string name)
    {
        var service = picture.Proxies.Values.SelectMany(d => d.Items("services")).FirstOrDefault(s => s.Text("namespace") == ns && s.Text("name") == name);
        if (service.ValueKind == JsonValueKind.Undefined)
        {
            if (picture.Find(["Service"], ns, name).Count == 0)
            {
                return null;
            }

            var unknown = new Description("Service", ns, name);
            unknown.Warnings.Add("no proxy has it: it is new, of type ExternalName, or discovery does not work; see 'nodemesh proxy-status'");
            unknown.Warnings.AddRange(picture.WarningsOf("Service", ns, name));
            return unknown;
        }

        var key = service.Text("key") is { Length: > 0 } given ? given : $"{ns}/{service.Text("hostname")}";
        var dump = picture.AnyDump;
        var endpoints = dump.Items("workloads").Where(w => w.Items("services").Any(b => b.Text("service") == key)).ToList();
        var description = new Description("Service", ns, name);
        description.Fact("host", service.Text("hostname"));
        description.Fact("addresses", service.Joined("addresses"));
        description.Fact("ports", string.Join(", ", service.Items("ports").Select(p => p.Text("targetPort") is "0" or "" ? p.Text("port") : $"{p.Text("port")} -> {p.Text("targetPort")}")));
        description.Fact("knownTo", $"{picture.NodesWith(d => d.Items("services").Any(s => s.Text("namespace") == ns && s.Text("name") == name)).Count} of {picture.Proxies.Count} proxies");
        description.List("endpoints", endpoints.Select(Endpoint));
        description.List("routes", Routes(dump, [key]));
        var selecting = endpoints.SelectMany(w => w.Items("authorizationPolicies")).Select(p => p.Text()).ToHashSet();
        description.List("policies", dump.Items("policies").Where(p => p.Text("scope") switch
        {
            "global" => true,
            "namespace" => endpoints.Any(e => e.Text("namespace") == p.Text("namespace")),
            _ => selecting.Contains($"{p.Text("namespace")}/{p.Text("name")}"),
        }).Select(PodDescriber.Effect));
        if (endpoints.Count == 0)
        {
            description.Warnings.Add("no endpoint: nothing that its selector matches is in the cluster, and connections to it are refused");
        }
        else if (endpoints.All(e => e.Text("health") != "healthy"))
        {
            description.Warnings.Add("no endpoint is ready: connections to it are refused");
        }

        description.Warnings.AddRange(picture.WarningsOf("Service", ns, name));
        return description;
    }

    /// <summary>The resources that route the traffic of services, and how much of what they say holds.</summary>
    /// <param name="dump">A proxy's dump.</param>
    /// <param name="services">The services' keys.</param>
    public static IEnumerable<string> Routes(JsonElement dump, IEnumerable<string> services)
    {
        var keys = services.ToHashSet();
        return dump.Items("routes").Where(r => keys.Contains(r.Text("key"))).SelectMany(r => MeshPicture.Origins(r).Select(o => $"{o} (for {r.Text("key").Split('/')[^1]})"));
    }

    private static string Endpoint(JsonElement workload) =>
        $"{workload.Text("namespace")}/{workload.Text("name")} {workload.Joined("addresses")} on {workload.Text("node")}: {workload.Text("health")}, {(workload.Text("tunnelProtocol") == "hbone" ? "in the mesh" : "not in the mesh")}";
}
