using System.Text.Json;
using NodeMesh.Cli.Output;

namespace NodeMesh.Cli.Proxy;

/// <summary>One section of a proxy's dump, and how it is printed.</summary>
/// <param name="name">The word on the command line.</param>
/// <param name="property">The dump's field.</param>
/// <param name="headings">The table's headings.</param>
/// <param name="cells">One entry's cells; the whole dump comes second.</param>
/// <param name="keys">What an entry can be found by.</param>
internal sealed class ConfigSection(
    string name, string property, IReadOnlyList<string> headings, Func<JsonElement, JsonElement, IReadOnlyList<string>> cells, Func<JsonElement, EntryKeys> keys)
{
    /// <summary>The word on the command line.</summary>
    public string Name => name;

    /// <summary>The dump's field.</summary>
    public string Property => property;

    /// <summary>What <c>-o wide</c> shows besides: headings, and each one's cell.</summary>
    public IReadOnlyList<(string Heading, Func<JsonElement, string> Cell)> Wide { get; init; } = [];

    /// <summary>The entries that a filter lets through.</summary>
    /// <param name="dump">The dump.</param>
    /// <param name="filter">The filter.</param>
    public IReadOnlyList<JsonElement> Select(JsonElement dump, ConfigFilter filter) => [.. dump.Items(property).Where(e => filter.Matches(keys(e)))];

    /// <summary>Prints a table.</summary>
    /// <param name="dump">The dump.</param>
    /// <param name="filter">Which entries.</param>
    /// <param name="wide">With the columns for which there is not always room.</param>
    public TextTable Table(JsonElement dump, ConfigFilter filter, bool wide = false)
    {
        var more = wide ? Wide : [];
        var table = new TextTable([.. headings, .. more.Select(w => w.Heading)]);
        foreach (var entry in Select(dump, filter))
        {
            table.Add([.. cells(entry, dump), .. more.Select(w => w.Cell(entry))]);
        }

        return table;
    }
}
