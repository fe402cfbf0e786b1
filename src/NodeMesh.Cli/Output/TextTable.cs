using System.Text;

namespace NodeMesh.Cli.Output;

/// <summary>A table as kubectl prints it: upper-case headings, columns as wide as their widest cell, no lines, so that it can be read and cut.</summary>
/// <param name="headings">The headings.</param>
internal sealed class TextTable(params IReadOnlyList<string> headings)
{
    private const string Gap = "   ";

    private readonly List<IReadOnlyList<string>> _rows = [];

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row.</summary>
    /// <param name="cells">As many cells as headings; an empty one prints as a dash.</param>
    public void Add(params IReadOnlyList<string> cells) => _rows.Add([.. cells.Select(c => c.Length == 0 ? "-" : c)]);

    /// <summary>Prints a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="headings">The headings.</param>
    /// <param name="rows">The rows, each with as many cells as headings.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new TextTable(headings);
        foreach (var row in rows)
        {
            table.Add(row);
        }

        output.Write(table.ToString());
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var widths = headings.Select((heading, i) => Math.Max(heading.Length, _rows.Count == 0 ? 0 : _rows.Max(r => r[i].Length))).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows.Prepend(headings))
        {
            var line = string.Join(Gap, row.Select((cell, i) => cell.PadRight(widths[i])));
            text.Append(line.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
