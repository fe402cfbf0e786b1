namespace NodeMesh.Kubernetes.Configuration;

/// <summary>One kubeconfig, or several merged.</summary>
internal sealed class KubeConfig(string file)
{
    public string File { get; } = file;

    public string? CurrentContext { get; set; }

    public Dictionary<string, ConfigNode> Clusters { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ConfigNode> Users { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ConfigNode> Contexts { get; } = new(StringComparer.Ordinal);

    public void Merge(KubeConfig later)
    {
        CurrentContext ??= later.CurrentContext;
        Add(Clusters, later.Clusters);
        Add(Users, later.Users);
        Add(Contexts, later.Contexts);
    }

    public KubernetesClientConfiguration Select(string? context)
    {
        var name = context ?? CurrentContext;
        if (string.IsNullOrEmpty(name))
        {
            throw new KubeConfigException($"{File}: current-context: is not set; choose one of {Names(Contexts)} with `kubectl config use-context` or --context");
        }

        if (!Contexts.TryGetValue(name, out var node))
        {
            throw new KubeConfigException($"{File}: {(context is null ? "current-context" : "contexts")}: there is no context \"{name}\"; there are {Names(Contexts)}");
        }

        var clusterName = node.RequireText("cluster");
        if (!Clusters.TryGetValue(clusterName, out var cluster))
        {
            throw node.Error("cluster", $"there is no cluster \"{clusterName}\"; there are {Names(Clusters)}");
        }

        ConfigNode? user = null;
        if (node.Text("user") is { Length: > 0 } userName && !Users.TryGetValue(userName, out user))
        {
            throw node.Error("user", $"there is no user \"{userName}\"; there are {Names(Users)}");
        }

        var configuration = KubeClusterReader.Read(cluster) with { CurrentContext = name };
        if (node.Text("namespace") is { Length: > 0 } ns)
        {
            configuration = configuration with { Namespace = ns };
        }

        return user is null ? configuration : KubeUserReader.Read(user, configuration);
    }

    private static void Add(Dictionary<string, ConfigNode> into, Dictionary<string, ConfigNode> from)
    {
        foreach (var (name, node) in from)
        {
            into.TryAdd(name, node);
        }
    }

    private static string Names(Dictionary<string, ConfigNode> of) =>
        of.Count == 0 ? "none" : string.Join(", ", of.Keys.Order(StringComparer.Ordinal).Select(n => $"\"{n}\""));
}
