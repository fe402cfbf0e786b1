using System.Text;

namespace NodeMesh.Cli.Describe;

/// <summary>What <c>describe</c> says of one resource; also its JSON.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The name.</param>
internal sealed record Description(string Kind, string Namespace, string Name)
{
    /// <summary>Single facts, in order.</summary>
    public Dictionary<string, string> Facts { get; } = [];

    /// <summary>Lists, in order: <c>services</c>, <c>policies</c>, <c>routes</c>, <c>endpoints</c>, ….</summary>
    public Dictionary<string, IReadOnlyList<string>> Lists { get; } = [];

    /// <summary>What needs attention.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Adds a fact; nothing when it is empty.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The fact.</param>
    public void Fact(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Facts[name] = value;
        }
    }

    /// <summary>Adds a list, each entry once.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="entries">The entries.</param>
    public void List(string name, IEnumerable<string> entries) => Lists[name] = [.. entries.Distinct(StringComparer.Ordinal)];

    /// <summary>The description for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Kind).Append(' ').Append(Namespace).Append('/').Append(Name).Append('\n');
        var width = Facts.Keys.Concat(Lists.Keys).Select(k => Heading(k).Length).DefaultIfEmpty(0).Max() + 2;
        foreach (var (name, value) in Facts)
        {
            text.Append("  ").Append((Heading(name) + ":").PadRight(width)).Append(value).Append('\n');
        }

        foreach (var (name, entries) in Lists)
        {
            text.Append("  ").Append((Heading(name) + ":").PadRight(width)).Append(entries.Count == 0 ? "none\n" : "\n");
            foreach (var entry in entries)
            {
                text.Append("    - ").Append(entry).Append('\n');
            }
        }

        foreach (var warning in Warnings)
        {
            text.Append("  ! ").Append(warning).Append('\n');
        }

        return text.ToString();
    }

    private static string Heading(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            _ = char.IsUpper(letter) ? text.Append(' ').Append(char.ToLowerInvariant(letter)) : text.Append(text.Length == 0 ? char.ToUpperInvariant(letter) : letter);
        }

        return text.ToString();
    }
}
