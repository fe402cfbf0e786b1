using NodeMesh.Charts.Templates;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Charts.Values;

/// <summary>Reads files of values, and lays one over another as Helm does: maps are merged, all else is replaced, and null takes away.</summary>
internal static class ValuesFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="ChartException">It is no map.</exception>
    public static SortedDictionary<string, object?> Parse(string file, string text)
    {
        try
        {
            return GoValue.FromNode(YamlTreeReader.Read(text, 0)) switch
            {
                SortedDictionary<string, object?> map => map,
                null => new SortedDictionary<string, object?>(StringComparer.Ordinal),
                var other => throw new ChartException($"{file}: is {GoValue.Describe(other)}, and must be a map"),
            };
        }
        catch (ManifestSyntaxException e)
        {
            throw new ChartException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>Lays values over others.</summary>
    /// <param name="values">What is changed.</param>
    /// <param name="over">What is laid over it.</param>
    public static void Merge(SortedDictionary<string, object?> values, SortedDictionary<string, object?> over)
    {
        foreach (var (key, value) in over)
        {
            if (value is null)
            {
                values.Remove(key);
            }
            else if (value is SortedDictionary<string, object?> map && values.TryGetValue(key, out var there) && there is SortedDictionary<string, object?> inner)
            {
                Merge(inner, map);
            }
            else
            {
                values[key] = value;
            }
        }
    }
}
