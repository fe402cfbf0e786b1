namespace NodeMesh.Model.Routing;

/// <summary>An answer without a backend.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body, in UTF-8; null for none.</param>
public sealed record DirectResponse(int Status, string? Body);
