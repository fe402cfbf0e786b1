namespace NodeMesh.Control.Hosting;

/// <summary>A configuration that the control plane cannot start with.</summary>
/// <param name="message">The file, the field, what is wrong and what mends it; one line.</param>
/// <param name="cause">The error below, if there was one.</param>
public sealed class ControlConfigurationException(string message, Exception? cause = null) : Exception(message, cause);
