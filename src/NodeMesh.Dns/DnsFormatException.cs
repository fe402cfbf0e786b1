namespace NodeMesh.Dns;

/// <summary>Bytes that are not a DNS message.</summary>
/// <param name="message">What is wrong.</param>
public sealed class DnsFormatException(string message) : FormatException(message);
