using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Networking;

namespace NodeMesh.Local.Cluster;

/// <summary>A node of a local mesh.</summary>
/// <param name="Index">Its number, from 1.</param>
/// <param name="Labels">Its labels.</param>
public sealed record ClusterNode(int Index, ImmutableDictionary<string, string> Labels)
{
    /// <summary>The region of all nodes.</summary>
    public const string Region = "local";

    /// <summary>Its name, <c>node-N</c>.</summary>
    public string Name { get; } = NameOf(Index);

    /// <summary>Its zone, <c>zone-N</c>.</summary>
    public string Zone => Labels["topology.kubernetes.io/zone"];

    /// <summary>Its addresses, IPv4 first.</summary>
    public ImmutableArray<IPAddress> Addresses { get; } = [AddressPlan.NodeV4(Index), AddressPlan.NodeV6(Index)];

    /// <summary>Makes a node.</summary>
    /// <param name="index">Its number, from 1.</param>
    /// <param name="extra">Labels beside the usual ones; they win.</param>
    public static ClusterNode Create(int index, IEnumerable<KeyValuePair<string, string>> extra)
    {
        var labels = ImmutableDictionary<string, string>.Empty
            .Add("kubernetes.io/hostname", NameOf(index))
            .Add("kubernetes.io/os", "linux")
            .Add("topology.kubernetes.io/region", Region)
            .Add("topology.kubernetes.io/zone", string.Create(CultureInfo.InvariantCulture, $"zone-{index}"));
        return new ClusterNode(index, labels.SetItems(extra));
    }

    /// <summary>The path that opens its network namespace.</summary>
    /// <param name="mesh">The mesh.</param>
    public string NamespacePath(MeshName mesh) => MeshLayout.NamespacePath(mesh.NodeNamespace(Name));

    private static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"node-{index}");
}
