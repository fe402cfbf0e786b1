using System.Collections.Immutable;

namespace NodeMesh.Resources.Manifests;

/// <summary>A map in a manifest; keys keep their order.</summary>
/// <param name="entries">Keys, unique, with their values.</param>
/// <param name="line">Line, from 1; 0 when not from a file.</param>
/// <param name="column">Column, from 1; 0 when not from a file.</param>
public sealed class ManifestMapping(ImmutableArray<ManifestEntry> entries, int line = 0, int column = 0) : ManifestNode(line, column)
{
    /// <summary>A map without entries.</summary>
    public static ManifestMapping Empty { get; } = new([]);

    /// <summary>Keys with their values, in the order of the file.</summary>
    public ImmutableArray<ManifestEntry> Entries { get; } = entries;

    /// <summary>The value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value, or null when the key is missing.</returns>
    public ManifestNode? this[string key]
    {
        get
        {
            foreach (var entry in Entries)
            {
                if (string.Equals(entry.Key, key, StringComparison.Ordinal))
                {
                    return entry.Value;
                }
            }

            return null;
        }
    }

    /// <summary>The text of a scalar.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text, or null when the key is missing, null, or not a scalar.</returns>
    public string? Text(string key) => this[key] is ManifestScalar { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;

    /// <summary>A copy with one key set.</summary>
    /// <param name="key">The key; replaced in its place, or added at the end.</param>
    /// <param name="value">The value; null removes the key.</param>
    /// <returns>The copy.</returns>
    public ManifestMapping With(string key, ManifestNode? value)
    {
        var builder = ImmutableArray.CreateBuilder<ManifestEntry>(Entries.Length + 1);
        var seen = false;
        foreach (var entry in Entries)
        {
            if (!string.Equals(entry.Key, key, StringComparison.Ordinal))
            {
                builder.Add(entry);
                continue;
            }

            seen = true;
            if (value is not null)
            {
                builder.Add(entry with { Value = value });
            }
        }

        if (!seen && value is not null)
        {
            builder.Add(new ManifestEntry(key, value));
        }

        return new ManifestMapping(builder.ToImmutable(), Line, Column);
    }

    /// <inheritdoc/>
    public override string Describe() => "a map";

    /// <inheritdoc/>
    public override bool DeepEquals(ManifestNode? other) =>
        other is ManifestMapping map && map.Entries.Length == Entries.Length && Entries.All(e => e.Value.DeepEquals(map[e.Key]));
}
