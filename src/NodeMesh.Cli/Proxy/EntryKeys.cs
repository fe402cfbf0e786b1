namespace NodeMesh.Cli.Proxy;

/// <summary>What an entry of a dump can be found by.</summary>
/// <param name="Namespaces">Its namespaces.</param>
/// <param name="Names">Its names.</param>
/// <param name="Addresses">Its addresses.</param>
internal sealed record EntryKeys(IReadOnlyList<string> Namespaces, IReadOnlyList<string> Names, IReadOnlyList<string> Addresses);
