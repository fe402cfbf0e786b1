namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>An endpoint's answer is no HTTP/1.</summary>
/// <param name="message">What is wrong with it.</param>
internal sealed class Http1FormatException(string message) : IOException(message);
