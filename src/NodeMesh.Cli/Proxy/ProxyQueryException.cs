namespace NodeMesh.Cli.Proxy;

/// <summary>A question to a mesh that cannot be answered; the message says why and what to do.</summary>
/// <param name="message">One line.</param>
/// <param name="inner">What happened.</param>
internal sealed class ProxyQueryException(string message, Exception? inner = null) : Exception(message, inner);
