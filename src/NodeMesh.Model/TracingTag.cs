namespace NodeMesh.Model;

/// <summary>A tag of spans.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Header">The header of the request that it is taken from; empty for a tag that is always the same.</param>
/// <param name="Value">Its value, or what stands in where the request has no such header; empty for no tag then.</param>
public readonly record struct TracingTag(string Name, string Header, string Value);
