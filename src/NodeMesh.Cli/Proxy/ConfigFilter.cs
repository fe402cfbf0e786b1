namespace NodeMesh.Cli.Proxy;

/// <summary>Which entries of a section are printed; all that is given must match.</summary>
/// <param name="Namespace">One of the entry's namespaces, exactly; null: any.</param>
/// <param name="Name">A part of one of its names; null: any.</param>
/// <param name="Address">A beginning of one of its addresses; null: any.</param>
internal sealed record ConfigFilter(string? Namespace = null, string? Name = null, string? Address = null)
{
    /// <summary>Asks about one entry.</summary>
    /// <param name="keys">What it can be found by.</param>
    public bool Matches(EntryKeys keys) =>
        (Namespace is null || keys.Namespaces.Contains(Namespace, StringComparer.Ordinal))
        && (Name is null || keys.Names.Any(n => n.Contains(Name, StringComparison.OrdinalIgnoreCase)))
        && (Address is null || keys.Addresses.Any(a => a.StartsWith(Address, StringComparison.OrdinalIgnoreCase)));
}
