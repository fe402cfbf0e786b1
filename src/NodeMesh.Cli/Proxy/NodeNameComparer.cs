namespace NodeMesh.Cli.Proxy;

/// <summary>Orders <c>node-2</c> before <c>node-10</c>.</summary>
internal sealed class NodeNameComparer : IComparer<string>
{
    public static readonly NodeNameComparer Instance = new();

    private static readonly StringComparer Order = StringComparer.Create(System.Globalization.CultureInfo.InvariantCulture, System.Globalization.CompareOptions.NumericOrdering);

    public int Compare(string? x, string? y) => Order.Compare(x, y);
}
