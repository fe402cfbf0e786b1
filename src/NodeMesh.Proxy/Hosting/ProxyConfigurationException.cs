namespace NodeMesh.Proxy.Hosting;

/// <summary>The configuration cannot be used; the message names the file, the field and what mends it.</summary>
/// <param name="message">The message.</param>
/// <param name="inner">The cause.</param>
internal sealed class ProxyConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
