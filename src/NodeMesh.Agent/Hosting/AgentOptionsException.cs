namespace NodeMesh.Agent.Hosting;

/// <summary>The command line cannot be used.</summary>
/// <param name="message">The option and what mends it.</param>
internal sealed class AgentOptionsException(string message) : Exception(message);
