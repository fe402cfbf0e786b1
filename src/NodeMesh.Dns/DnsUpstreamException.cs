namespace NodeMesh.Dns;

/// <summary>No upstream server answered.</summary>
/// <param name="message">Which servers were asked, and the last error.</param>
/// <param name="cause">The last error, if there was one.</param>
public sealed class DnsUpstreamException(string message, Exception? cause = null) : IOException(message, cause);
