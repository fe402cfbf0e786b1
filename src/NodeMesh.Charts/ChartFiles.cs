using System.Collections.Immutable;
using System.Reflection;

namespace NodeMesh.Charts;

/// <summary>A chart's files by their paths in it, such as <c>templates/daemonset.yaml</c>.</summary>
public sealed class ChartFiles
{
    private const string Prefix = "chart/";

    private readonly ImmutableSortedDictionary<string, string> _files;

    private ChartFiles(IEnumerable<KeyValuePair<string, string>> files) =>
        _files = files.ToImmutableSortedDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);

    /// <summary>The chart of this program's version, which it carries.</summary>
    public static ChartFiles Own { get; } = new(OwnFiles());

    /// <summary>The paths.</summary>
    public IEnumerable<string> Paths => _files.Keys;

    /// <summary>A file's text.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="ChartException">There is none.</exception>
    public string this[string path] => _files.TryGetValue(path, out var text) ? text : throw new ChartException($"{path}: the chart has no such file");

    /// <summary>Reads a chart's directory.</summary>
    /// <param name="directory">The directory of <c>Chart.yaml</c>.</param>
    /// <exception cref="ChartException">There is no chart.</exception>
    public static ChartFiles Read(string directory) => File.Exists(Path.Combine(directory, "Chart.yaml"))
        ? new ChartFiles(Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(f => KeyValuePair.Create(Path.GetRelativePath(directory, f).Replace('\\', '/'), File.ReadAllText(f))))
        : throw new ChartException($"{directory}: is no chart, it has no Chart.yaml");

    /// <summary>A chart of given files, for tests.</summary>
    /// <param name="files">Paths and texts.</param>
    public static ChartFiles Of(IEnumerable<KeyValuePair<string, string>> files) => new(files);

    /// <summary>Whether there is a file.</summary>
    /// <param name="path">Its path.</param>
    public bool Has(string path) => _files.ContainsKey(path);

    /// <summary>The files below a folder.</summary>
    /// <param name="folder">The folder, with a slash at its end.</param>
    public IEnumerable<KeyValuePair<string, string>> Below(string folder) => _files.Where(f => f.Key.StartsWith(folder, StringComparison.Ordinal));

    private static IEnumerable<KeyValuePair<string, string>> OwnFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return KeyValuePair.Create(name[Prefix.Length..].Replace('\\', '/'), reader.ReadToEnd());
        }
    }
}
