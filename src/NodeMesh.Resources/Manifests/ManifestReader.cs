namespace NodeMesh.Resources.Manifests;

/// <summary>Reads multi-document YAML and JSON manifests, with the place of everything that is wrong.</summary>
public static class ManifestReader
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxFileSize = 64 * 1024 * 1024;

    /// <summary>Reads text.</summary>
    /// <param name="text">YAML, or JSON when the file name ends in <c>.json</c>.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <param name="defaultNamespace">The namespace of namespaced resources that name none.</param>
    /// <returns>The documents and findings; never throws for bad input.</returns>
    public static ManifestSet ReadText(string text, string file, string defaultNamespace = "default") => throw new NotImplementedException();

    /// <summary>Reads one file.</summary>
    /// <param name="path">The file; <c>-</c> reads standard input.</param>
    /// <param name="defaultNamespace">The namespace of namespaced resources that name none.</param>
    /// <returns>The documents and findings; an unreadable file is a finding.</returns>
    public static ManifestSet ReadFile(string path, string defaultNamespace = "default") => throw new NotImplementedException();

    /// <summary>Reads files, and the <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c> of directories and those below them, sorted by name.</summary>
    /// <param name="paths">Files and directories.</param>
    /// <param name="defaultNamespace">The namespace of namespaced resources that name none.</param>
    /// <returns>The documents and findings; the same resource twice is an error.</returns>
    public static ManifestSet ReadPaths(IEnumerable<string> paths, string defaultNamespace = "default") => throw new NotImplementedException();
}
