using YamlDotNet.RepresentationModel;

namespace NodeMesh.Kubernetes.Configuration;

/// <summary>A mapping of a kubeconfig that knows where it stands, for errors that name file, line and field.</summary>
internal sealed class ConfigNode
{
    private readonly YamlMappingNode _node;

    public ConfigNode(string file, string path, YamlNode node)
    {
        File = file;
        Path = path;
        _node = node as YamlMappingNode ?? (IsNull(node) ? new YamlMappingNode() : throw new KubeConfigException($"{file}:{node.Start.Line}: {(path.Length == 0 ? "the document" : path)}: must be a mapping"));
    }

    public string File { get; }

    public string Path { get; }

    public string PathOf(string field) => Path.Length == 0 ? field : $"{Path}.{field}";

    public ConfigNode Empty(string field) => new(File, PathOf(field), new YamlMappingNode());

    public string? Text(string field)
    {
        var node = Child(field);
        return node switch
        {
            null => null,
            _ when IsNull(node) => null,
            YamlScalarNode scalar => scalar.Value,
            _ => throw Error(field, "must be text"),
        };
    }

    public string RequireText(string field) => Text(field) is { Length: > 0 } text ? text : throw Error(field, "is missing");

    public bool Flag(string field) => Text(field) switch
    {
        null => false,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        var other => throw Error(field, $"is \"{other}\", and must be true or false"),
    };

    public ConfigNode? Map(string field) => Child(field) is { } node && !IsNull(node) ? new ConfigNode(File, PathOf(field), node) : null;

    public IEnumerable<ConfigNode> Items(string field) => Sequence(field).Select((n, i) => new ConfigNode(File, $"{PathOf(field)}[{i}]", n));

    public IEnumerable<string> Texts(string field) =>
        Sequence(field).Select(n => (n as YamlScalarNode)?.Value ?? throw Error(field, "must be a list of texts"));

    /// <summary>A path of the file; a relative one begins at the kubeconfig's folder, not at the current one.</summary>
    public string? FilePath(string field) =>
        Text(field) is { Length: > 0 } path ? System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(File))!) : null;

    /// <summary>PEM from <c>FIELD-data</c> (base64), which wins as with kubectl, or from the file that FIELD names.</summary>
    public PemSource? Pem(string field)
    {
        if (Text(field + "-data") is { Length: > 0 } data)
        {
            var buffer = new byte[data.Length];
            return Convert.TryFromBase64String(data, buffer, out var length)
                ? PemSource.FromText(System.Text.Encoding.UTF8.GetString(buffer, 0, length))
                : throw Error(field + "-data", "is not base64");
        }

        return FilePath(field) is not { } path ? null
            : System.IO.File.Exists(path) ? PemSource.FromFile(path)
            : throw Error(field, $"the file {path} does not exist");
    }

    public KubeConfigException Error(string field, string problem) =>
        new($"{File}:{(Child(field) ?? _node).Start.Line}: {PathOf(field)}: {problem}");

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private YamlNode? Child(string field) => _node.Children.TryGetValue(new YamlScalarNode(field), out var child) ? child : null;

    private IEnumerable<YamlNode> Sequence(string field) => Child(field) switch
    {
        null => [],
        YamlSequenceNode sequence => sequence.Children,
        { } node when IsNull(node) => [],
        _ => throw Error(field, "must be a list"),
    };
}
