using NodeMesh.Resources.Kinds;

namespace NodeMesh.Cli.Local;

/// <summary>Reads <c>KIND</c>, <c>KIND,KIND</c>, <c>KIND NAME</c> and <c>KIND/NAME</c> as kubectl does.</summary>
internal static class KindArgument
{
    /// <summary>Finds a kind.</summary>
    /// <param name="word">Kind, plural, short name or <c>plural.group</c>.</param>
    /// <exception cref="FormatException">There is no such kind.</exception>
    public static ResourceKind Find(string word) =>
        ResourceKinds.FindByWord(word) ?? throw new FormatException($"there is no kind '{word}'; there are {string.Join(", ", ResourceKinds.All.Where(k => k.Support == KindSupport.Served).Select(k => k.Plural))}");

    /// <summary>Reads a kind and names.</summary>
    /// <param name="words">The words.</param>
    /// <returns>Kind with name; the name is null when only a kind was written.</returns>
    /// <exception cref="FormatException">The words are not of that form.</exception>
    public static IReadOnlyList<(ResourceKind Kind, string? Name)> Parse(IReadOnlyList<string> words)
    {
        if (words[0].Contains('/', StringComparison.Ordinal))
        {
            return [.. words.Select(w => w.Split('/', 2) is [var kind, { Length: > 0 } name] ? (Find(kind), (string?)name) : throw new FormatException($"'{w}': write KIND/NAME"))];
        }

        if (words[0].Contains(',', StringComparison.Ordinal))
        {
            var kinds = words[0].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Find).ToList();
            return words.Count == 1 && kinds.Count > 0 ? [.. kinds.Select(k => (k, (string?)null))] : throw new FormatException($"'{words[0]}': several kinds take no name; write KIND/NAME KIND/NAME");
        }

        var found = Find(words[0]);
        return words.Count == 1 ? [(found, null)] : [.. words.Skip(1).Select(w => (found, (string?)w))];
    }
}
