using NodeMesh.Local.Layout;

namespace NodeMesh.Cli.Proxy;

/// <summary>A local mesh that is up, as its files show it.</summary>
/// <param name="layout">Its files.</param>
internal sealed class LocalMesh(MeshLayout layout)
{
    /// <summary>Its files.</summary>
    public MeshLayout Layout => layout;

    /// <summary>Its name.</summary>
    public MeshName Name => layout.Name;

    /// <summary>Its nodes, in order.</summary>
    public IReadOnlyList<string> Nodes { get; } = [.. Directories(Path.Combine(layout.State, "nodes")).Order(NodeNameComparer.Instance)];

    /// <summary>Whether any mesh is up on this machine.</summary>
    /// <param name="root">The directory of all meshes.</param>
    public static bool AnyIsUp(string root = MeshLayout.DefaultRoot) => Directories(root).Any(d => Directory.Exists(Path.Combine(root, d, "nodes")));

    /// <summary>Finds a mesh.</summary>
    /// <param name="name">Its name; null for the only one that is up, or <c>mesh0</c>.</param>
    /// <param name="root">The directory of all meshes.</param>
    /// <exception cref="ProxyQueryException">There is none of that name.</exception>
    public static LocalMesh Find(string? name, string root = MeshLayout.DefaultRoot)
    {
        List<string> up = [.. Directories(root).Where(d => Directory.Exists(Path.Combine(root, d, "nodes"))).Order(StringComparer.Ordinal)];
        var wanted = name ?? (up.Count == 1 ? up[0] : MeshName.Default);
        if (!MeshName.TryParse(wanted, out var mesh))
        {
            throw new ProxyQueryException($"'{wanted}' is not a mesh name: use {MeshName.Grammar}");
        }

        if (!up.Contains(wanted))
        {
            throw new ProxyQueryException(up.Count == 0
                ? "no mesh is up on this machine: start one with 'nodemesh local up -f MANIFESTS'"
                : $"mesh '{wanted}' is not up; up {(up.Count == 1 ? "is" : "are")} {string.Join(", ", up)}: choose with --mesh");
        }

        return new LocalMesh(new MeshLayout(mesh, root));
    }

    /// <summary>Checks a node's name.</summary>
    /// <param name="node">The name.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ProxyQueryException">The mesh has no such node.</exception>
    public string RequireNode(string node) => Nodes.Contains(node)
        ? node
        : throw new ProxyQueryException($"mesh '{Name}' has no node '{node}'; its nodes are {string.Join(", ", Nodes)}");

    private static IEnumerable<string> Directories(string path) =>
        Directory.Exists(path) ? Directory.EnumerateDirectories(path).Select(d => Path.GetFileName(d)!) : [];
}
