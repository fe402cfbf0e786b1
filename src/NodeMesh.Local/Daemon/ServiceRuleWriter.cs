using NodeMesh.Linux.Tools;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Endpoints;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Networking;

namespace NodeMesh.Local.Daemon;

/// <summary>Puts service rules into nodes, when they changed.</summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="nodes">The nodes.</param>
internal sealed class ServiceRuleWriter(MeshLayout layout, IReadOnlyList<ClusterNode> nodes)
{
    private readonly Dictionary<string, string> _written = [];

    /// <summary>Brings all nodes up to date.</summary>
    /// <param name="endpoints">What is behind services.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ToolException">The rules could not be set.</exception>
    public async Task WriteAsync(EndpointFinder endpoints, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            var rules = ServiceRules.Build(node, endpoints.Backends(node));
            if (_written.GetValueOrDefault(node.Name) == rules)
            {
                continue;
            }

            var result = await LinuxTool.RunAsync(null, "nsenter", [$"--net={node.NamespacePath(layout.Name)}", "--", "nft", "-f", "-"], rules, cancellationToken);
            if (!result.Succeeded)
            {
                throw new ToolException($"cannot set the service rules of {node.Name}: {result.Error.Trim()}");
            }

            _written[node.Name] = rules;
        }
    }
}
