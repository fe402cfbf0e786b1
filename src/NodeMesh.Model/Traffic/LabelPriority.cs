namespace NodeMesh.Model.Traffic;

/// <summary>A label by which endpoints are preferred.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">The value that the endpoint must have; null for the client's own.</param>
public sealed record LabelPriority(string Key, string? Value);
