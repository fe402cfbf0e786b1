using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Control.Tests;

/// <summary>Snapshots.</summary>
internal static class Meshes
{
    public static Workload Pod(string name, string node, string account, string address, WorkloadHealth health = WorkloadHealth.Healthy) => new()
    {
        Uid = $"Kubernetes//Pod/shop/{name}",
        Name = name,
        Namespace = "shop",
        ServiceAccount = account,
        Node = node,
        Addresses = [IPAddress.Parse(address)],
        TunnelProtocol = TunnelProtocol.Hbone,
        Health = health,
    };

    public static CompiledMesh Of(params IEnumerable<Workload> workloads) => With(CompiledMesh.Empty, workloads) with
    {
        Nodes = ImmutableDictionary<string, MeshNode>.Empty.Add("node-1", new MeshNode { Name = "node-1", Addresses = [IPAddress.Parse("172.18.1.1")] }),
    };

    public static CompiledMesh With(CompiledMesh mesh, params IEnumerable<Workload> workloads) => mesh with
    {
        Workloads = mesh.Workloads.SetItems(workloads.Select(w => KeyValuePair.Create(w.Uid, w))),
    };
}
