namespace NodeMesh.Dns;

/// <summary>What is asked, in class IN.</summary>
/// <param name="Name">The name as asked, without the dot at its end; empty for the root.</param>
/// <param name="Type">The record type.</param>
public readonly record struct DnsQuestion(string Name, DnsRecordType Type);
