namespace NodeMesh.Cli.Demo;

/// <summary>What <c>nodemesh demo</c> was asked for.</summary>
/// <param name="Name">The mesh's name.</param>
/// <param name="Json">True: one JSON object on standard output and nothing else.</param>
/// <param name="Keep">True: the mesh stays up.</param>
/// <param name="Capture">How pods are captured.</param>
/// <param name="Samples">The manifest of the shop; null for the one that comes with the program.</param>
internal sealed record DemoOptions(string Name, bool Json, bool Keep, string Capture, string? Samples);
