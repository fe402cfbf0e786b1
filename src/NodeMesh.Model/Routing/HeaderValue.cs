namespace NodeMesh.Model.Routing;

/// <summary>A header with a value.</summary>
/// <param name="Name">The name as it was written; compared without regard to case.</param>
/// <param name="Value">The value.</param>
public readonly record struct HeaderValue(string Name, string Value);
