using NodeMesh.Local.Cluster;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Daemon;

/// <summary>Writes nodes and pods, with their status, for the control plane.</summary>
/// <param name="layout">The mesh's files.</param>
internal sealed class RuntimeManifests(MeshLayout layout)
{
    private readonly Dictionary<string, string> _written = [];

    /// <summary>Writes the nodes.</summary>
    /// <param name="nodes">The nodes.</param>
    public void WriteNodes(IEnumerable<ClusterNode> nodes)
    {
        foreach (var node in nodes)
        {
            ObjectStore.WriteAtomically(Path.Combine(layout.Runtime, $"Node..{node.Name}.yaml"), ManifestWriter.ToYaml(ToResource(node)));
        }
    }

    /// <summary>Writes pods that changed and removes those that are gone.</summary>
    /// <param name="pods">All pods.</param>
    public void WritePods(IReadOnlyCollection<Pod> pods)
    {
        // During a replacement two pods may have one name for a moment; the one that is going has lost its place in the file.
        var current = pods.Where(p => p.HasNetwork).GroupBy(p => $"Pod.{p.Namespace}.{p.Name}.yaml").ToDictionary(g => g.Key, g => g.OrderBy(p => p.IsTerminating).First());
        foreach (var (file, pod) in current)
        {
            var text = ManifestWriter.ToYaml(pod.Snapshot());
            if (_written.GetValueOrDefault(file) != text)
            {
                ObjectStore.WriteAtomically(Path.Combine(layout.Runtime, file), text);
                _written[file] = text;
            }
        }

        foreach (var gone in _written.Keys.Except(current.Keys).ToList())
        {
            File.Delete(Path.Combine(layout.Runtime, gone));
            _written.Remove(gone);
        }
    }

    /// <summary>A node as a resource.</summary>
    /// <param name="node">The node.</param>
    public static NodeResource ToResource(ClusterNode node) => new()
    {
        ApiVersion = "v1",
        Kind = "Node",
        Metadata = new ObjectMeta { Name = node.Name, Labels = node.Labels },
        Spec = new NodeSpec
        {
            PodCIDR = Networking.AddressPlan.PodsV4(node.Index),
            PodCIDRs = [Networking.AddressPlan.PodsV4(node.Index), Networking.AddressPlan.PodsV6(node.Index)],
        },
        Status = new NodeStatus
        {
            Addresses = [.. node.Addresses.Select(a => new NodeAddress { Type = "InternalIP", Address = a.ToString() }), new NodeAddress { Type = "Hostname", Address = node.Name }],
            Conditions = [new Condition { Type = "Ready", Status = "True" }],
        },
    };
}
