namespace NodeMesh.Cli.Demo;

/// <summary>One service that calls another, as the manifest says.</summary>
/// <param name="Namespace">Their namespace.</param>
/// <param name="Source">The calling Deployment.</param>
/// <param name="Destination">The called Service.</param>
/// <param name="Url">What is called.</param>
internal sealed record CallEdge(string Namespace, string Source, string Destination, string Url);
