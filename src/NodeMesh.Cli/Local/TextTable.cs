namespace NodeMesh.Cli.Local;

/// <summary>A table as kubectl prints it: columns as wide as needed, three blanks between, no lines.</summary>
internal static class TextTable
{
    /// <summary>Prints a table; nothing when it has no rows.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="header">The header.</param>
    /// <param name="rows">The rows.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.Prepend(header).ToList();
        var widths = Enumerable.Range(0, header.Count).Select(c => all.Max(r => r[c].Length)).ToArray();
        foreach (var row in all)
        {
            output.WriteLine(string.Concat(row.Select((cell, c) => cell.PadRight(widths[c] + 3))).TrimEnd());
        }
    }
}
