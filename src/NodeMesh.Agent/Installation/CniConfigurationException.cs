namespace NodeMesh.Agent.Installation;

/// <summary>A CNI configuration is not one.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="cause">The failure below, if there was one.</param>
internal sealed class CniConfigurationException(string message, Exception? cause = null) : Exception(message, cause);
