using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeMesh.Kubernetes.Configuration;

/// <summary>Reads one kubeconfig file.</summary>
internal static class KubeConfigReader
{
    public static KubeConfig Read(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"{file}: cannot be read: {e.Message}", e);
        }

        return Parse(file, text);
    }

    public static KubeConfig Parse(string file, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new KubeConfigException($"{file}:{e.Start.Line}: is not YAML: {e.Message}", e);
        }

        var config = new KubeConfig(file);
        if (stream.Documents.Count == 0)
        {
            return config;
        }

        var root = new ConfigNode(file, "", stream.Documents[0].RootNode);
        if (root.Text("kind") is { } kind && kind != "Config")
        {
            throw root.Error("kind", $"is \"{kind}\", and a kubeconfig's is \"Config\"");
        }

        config.CurrentContext = root.Text("current-context") is { Length: > 0 } current ? current : null;
        Fill(config.Clusters, root, "clusters", "cluster");
        Fill(config.Users, root, "users", "user");
        Fill(config.Contexts, root, "contexts", "context");
        return config;
    }

    private static void Fill(Dictionary<string, ConfigNode> into, ConfigNode root, string list, string entry)
    {
        foreach (var item in root.Items(list))
        {
            // kubectl writes `user: {}` for a user without credentials, and some tools nothing at all.
            into.TryAdd(item.RequireText("name"), item.Map(entry) ?? item.Empty(entry));
        }
    }
}
