namespace NodeMesh.Compare.Rows;

/// <summary>The peers' configuration files, <c>bench/compare/peers</c>: what stands between two @ is filled in.</summary>
/// <param name="directory">Where this run's files go.</param>
/// <param name="values">What is filled in.</param>
internal sealed class PeerTemplates(string directory, IReadOnlyDictionary<string, string> values)
{
    public string Directory => directory;

    /// <summary>Fills a template in.</summary>
    /// <returns>The path of the result.</returns>
    public string Write(string template)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "peers", template));
        foreach (var (key, value) in values)
        {
            text = text.Replace($"@{key}@", value, StringComparison.Ordinal);
        }

        var path = Path.Combine(directory, template);
        File.WriteAllText(path, text);
        return path;
    }
}
