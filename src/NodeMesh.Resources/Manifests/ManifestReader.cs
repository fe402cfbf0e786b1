using System.Collections.Immutable;
using System.Text;
using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Manifests;

/// <summary>Reads multi-document YAML and JSON manifests, with the place of everything that is wrong.</summary>
public static class ManifestReader
{
    /// <summary>The largest file that is read, in bytes; a cluster's 5,000 pods take a tenth of it.</summary>
    public const int MaxFileSize = 64 * 1024 * 1024;

    private static readonly ImmutableArray<string> Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Reads text.</summary>
    /// <param name="text">YAML, or JSON when the file name ends in <c>.json</c>.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <param name="options">How; the defaults when missing.</param>
    /// <returns>The documents and findings; never throws for bad input.</returns>
    public static ManifestSet ReadText(string text, string file, ManifestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var documents = ImmutableArray.CreateBuilder<ManifestDocument>();
        var index = 0;
        foreach (var node in ReadTrees(text, file, findings))
        {
            new DocumentReader(file, index++, options ?? ManifestOptions.Default, findings).Read(node, documents);
        }

        return RefuseDuplicates(documents, findings);
    }

    /// <summary>Reads one file.</summary>
    /// <param name="path">The file; <c>-</c> reads standard input.</param>
    /// <param name="options">How; the defaults when missing.</param>
    /// <returns>The documents and findings; an unreadable file is a finding.</returns>
    public static ManifestSet ReadFile(string path, ManifestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            if (path == "-")
            {
                using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
                return ReadText(input.ReadToEnd(), "<stdin>", options);
            }

            var info = new FileInfo(path);
            return info.Length > MaxFileSize
                ? Failed(path, $"is larger than {MaxFileSize / (1024 * 1024)} MiB; split it")
                : ReadText(File.ReadAllText(path), path, options);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failed(path, Reason(error));
        }
    }

    /// <summary>
    /// Reads files, and the <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c> of directories and those below them, sorted by name. JSON in a directory that
    /// has no resource in it (a package.json) is passed over.
    /// </summary>
    /// <param name="paths">Files and directories.</param>
    /// <param name="options">How; the defaults when missing.</param>
    /// <returns>The documents and findings; the same resource twice is an error.</returns>
    public static ManifestSet ReadPaths(IEnumerable<string> paths, ManifestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var documents = ImmutableArray.CreateBuilder<ManifestDocument>();
        foreach (var path in paths)
        {
            try
            {
                var isDirectory = Directory.Exists(path);
                var files = isDirectory ? FindFiles(path) : [path];
                if (files.IsEmpty)
                {
                    findings.Add(new Finding(FindingLevel.Error, FindingCodes.Unreadable, "holds no *.yaml, *.yml or *.json file") { File = path });
                }

                foreach (var set in files.Select(file => ReadFile(file, options)).Where(set => !isDirectory || !IsOtherJson(set)))
                {
                    findings.AddRange(set.Findings);
                    documents.AddRange(set.Documents);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                findings.AddRange(Failed(path, Reason(error)).Findings);
            }
        }

        return RefuseDuplicates(documents, findings);
    }

    /// <summary>The manifest files of a directory and those below it, sorted by name; names that begin with a dot, and kustomize's own file, are left out.</summary>
    /// <param name="directory">The directory.</param>
    /// <returns>Paths.</returns>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static ImmutableArray<string> FindFiles(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Where(file => IsManifestFile(file) && Path.GetFileNameWithoutExtension(file) != "kustomization")
            .Order(StringComparer.Ordinal)];

    /// <summary>Says by its name whether a file is a manifest: writers use other names (a leading dot, another ending) until a file is complete.</summary>
    /// <param name="path">The file.</param>
    /// <returns>True when it is read.</returns>
    public static bool IsManifestFile(string path) => Extensions.Contains(Path.GetExtension(path)) && !Path.GetFileName(path.AsSpan()).StartsWith(".");

    // A JSON document that names a kind or an API version is meant as a resource; whatever is wrong with it is reported.
    private static bool IsOtherJson(ManifestSet set) =>
        set.Documents.IsEmpty && !set.Findings.IsEmpty
        && set.Findings.All(f => f is { Code: FindingCodes.NotAResource, Field: "" or "apiVersion" } && f.File!.EndsWith(".json", StringComparison.Ordinal));

    private static List<ManifestNode> ReadTrees(string text, string file, ImmutableArray<Finding>.Builder findings)
    {
        var trees = new List<ManifestNode>();
        if (file.EndsWith(".json", StringComparison.Ordinal))
        {
            Guard(file, 0, findings, () => JsonTreeReader.Read(text, trees));
            return trees;
        }

        var index = 0;
        foreach (var (part, offset) in SplitDocuments(text))
        {
            Guard(file, index, findings, () =>
            {
                if (YamlTreeReader.Read(part, offset) is { } tree)
                {
                    trees.Add(tree);
                }
            });
            index = trees.Count;
        }

        return trees;
    }

    private static void Guard(string file, int index, ImmutableArray<Finding>.Builder findings, Action read)
    {
        try
        {
            read();
        }
        catch (ManifestSyntaxException error)
        {
            findings.Add(new Finding(FindingLevel.Error, FindingCodes.Malformed, error.Message)
            {
                File = file,
                Document = index,
                Line = error.Line,
                Column = error.Column,
            });
        }
    }

    // The documents are read one by one so that an error in one of them does not hide what is wrong with those after it. A line that begins with
    // "---" ends a document wherever it stands (YAML 1.2.2 section 9.1.2), also inside quotes and block scalars.
    private static IEnumerable<(string Text, int LineOffset)> SplitDocuments(string text)
    {
        var start = 0;
        var startLine = 0;
        var line = 0;
        var position = 0;
        while (position < text.Length)
        {
            var end = text.IndexOf('\n', position);
            end = end < 0 ? text.Length : end + 1;
            if (position > start && text.AsSpan(position).StartsWith("---") && (position + 3 == text.Length || char.IsWhiteSpace(text[position + 3])))
            {
                yield return (text[start..position], startLine);
                start = position;
                startLine = line;
            }

            position = end;
            line++;
        }

        yield return (text[start..], startLine);
    }

    private static ManifestSet RefuseDuplicates(ImmutableArray<ManifestDocument>.Builder documents, ImmutableArray<Finding>.Builder findings)
    {
        var seen = new Dictionary<ResourceOrigin, ManifestDocument>();
        var kept = ImmutableArray.CreateBuilder<ManifestDocument>(documents.Count);
        foreach (var document in documents)
        {
            if (seen.TryAdd(document.Origin, document))
            {
                kept.Add(document);
                continue;
            }

            var first = seen[document.Origin];
            findings.Add(document.Report(FindingLevel.Error, FindingCodes.Duplicate, "metadata.name", $"is there already, in {first.File}:{first.Line}; remove one of them"));
        }

        return new ManifestSet(kept.ToImmutable(), findings.ToImmutable());
    }

    private static ManifestSet Failed(string path, string reason) =>
        new([], [new Finding(FindingLevel.Error, FindingCodes.Unreadable, reason) { File = path }]);

    private static string Reason(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "does not exist; check the path",
        UnauthorizedAccessException => "cannot be read: permission denied",
        _ => $"cannot be read: {error.Message}",
    };
}
