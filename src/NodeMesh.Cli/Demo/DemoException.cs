namespace NodeMesh.Cli.Demo;

/// <summary>The demo cannot go on; the message says why.</summary>
/// <param name="message">Why.</param>
internal sealed class DemoException(string message) : Exception(message);
