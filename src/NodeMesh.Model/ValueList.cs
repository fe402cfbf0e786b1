namespace NodeMesh.Model;

/// <summary>Makes lists for collection expressions.</summary>
public static class ValueList
{
    /// <summary>Makes a list.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="items">The items; copied.</param>
    /// <returns>The list.</returns>
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}
