using System.Globalization;

namespace NodeMesh.Resources.Manifests;

/// <summary>Paths of fields, such as <c>spec.rules[0].from</c> and <c>metadata.labels["app.kubernetes.io/name"]</c>.</summary>
public static class FieldPath
{
    /// <summary>The path of a key below a path.</summary>
    /// <param name="path">The path; empty for the root.</param>
    /// <param name="key">The key.</param>
    /// <returns>The longer path.</returns>
    public static string Key(string path, string key)
    {
        if (key.AsSpan().ContainsAny('.', '[', ']') || key.Length == 0)
        {
            return $"{path}[\"{key}\"]";
        }

        return path.Length == 0 ? key : $"{path}.{key}";
    }

    /// <summary>The path of an item below a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="index">The item's index, from 0.</param>
    /// <returns>The longer path.</returns>
    public static string Index(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>Finds where a path is written: the field's own place, or that of the nearest field above it that is there.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="path">The path.</param>
    /// <returns>Line and column, from 1.</returns>
    public static (int Line, int Column) Locate(ManifestNode root, string path)
    {
        var node = root;
        var place = (root.Line, root.Column);
        foreach (var step in Steps(path))
        {
            switch (node)
            {
                case ManifestSequence list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Length:
                    node = list.Items[index];
                    place = (node.Line, node.Column);
                    break;
                case ManifestMapping map when map.Entries.FirstOrDefault(e => e.Key == step) is { Key: not null } entry:
                    node = entry.Value;
                    place = (entry.Line, entry.Column);
                    break;
                default:
                    return place;
            }
        }

        return place;
    }

    private static IEnumerable<string> Steps(string path)
    {
        var position = 0;
        while (position < path.Length)
        {
            if (path[position] == '.')
            {
                position++;
            }

            if (path[position] == '[')
            {
                var quoted = path[position + 1] == '"';
                var end = path.IndexOf(quoted ? "\"]" : "]", position, StringComparison.Ordinal);
                var start = position + (quoted ? 2 : 1);
                yield return path[start..end];
                position = end + (quoted ? 2 : 1);
                continue;
            }

            var stop = path.IndexOfAny(['.', '['], position);
            stop = stop < 0 ? path.Length : stop;
            yield return path[position..stop];
            position = stop;
        }
    }
}
