using System.Globalization;

namespace NodeMesh.Cli.Proxy;

/// <summary>Orders <c>node-2</c> before <c>node-10</c>: by what precedes the number at the end, then by the number.</summary>
internal sealed class NodeNameComparer : IComparer<string>
{
    public static readonly NodeNameComparer Instance = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var (xText, xNumber) = Split(x ?? "");
        var (yText, yNumber) = Split(y ?? "");
        var order = string.CompareOrdinal(xText, yText);
        return order != 0 ? order : xNumber.CompareTo(yNumber);
    }

    private static (string Text, long Number) Split(string name)
    {
        var text = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return long.TryParse(name.AsSpan(text.Length), CultureInfo.InvariantCulture, out var number) ? (text, number) : (name, -1);
    }
}
