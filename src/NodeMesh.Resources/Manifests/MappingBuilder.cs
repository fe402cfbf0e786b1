using System.Collections.Immutable;

namespace NodeMesh.Resources.Manifests;

/// <summary>Collects the entries of a map and refuses a key that comes twice.</summary>
internal sealed class MappingBuilder(int line, int column)
{
    private readonly ImmutableArray<ManifestEntry>.Builder _entries = ImmutableArray.CreateBuilder<ManifestEntry>();
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly List<ManifestMapping> _merged = [];

    /// <summary>Adds an entry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="keyLine">Line of the key.</param>
    /// <param name="keyColumn">Column of the key.</param>
    /// <exception cref="ManifestSyntaxException">The key is there already.</exception>
    public void Add(string key, ManifestNode value, int keyLine, int keyColumn)
    {
        if (!_keys.Add(key))
        {
            throw new ManifestSyntaxException($"the key '{key}' is there twice; remove one of them", keyLine, keyColumn);
        }

        _entries.Add(new ManifestEntry(key, value, keyLine, keyColumn));
    }

    /// <summary>Merges a map, or a list of maps, of YAML's <c>&lt;&lt;</c>; own keys win.</summary>
    /// <param name="value">The map or list.</param>
    /// <exception cref="ManifestSyntaxException">It is neither.</exception>
    public void Merge(ManifestNode value)
    {
        switch (value)
        {
            case ManifestMapping map:
                _merged.Add(map);
                break;
            case ManifestSequence list:
                foreach (var item in list.Items)
                {
                    Merge(item);
                }

                break;
            default:
                throw new ManifestSyntaxException($"'<<' merges a map, not {value.Describe()}", value.Line, value.Column);
        }
    }

    /// <summary>The map.</summary>
    public ManifestMapping Build()
    {
        foreach (var entry in _merged.SelectMany(map => map.Entries).Where(entry => _keys.Add(entry.Key)))
        {
            _entries.Add(entry);
        }

        return new ManifestMapping(_entries.ToImmutable(), line, column);
    }
}
