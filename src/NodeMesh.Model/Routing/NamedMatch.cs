namespace NodeMesh.Model.Routing;

/// <summary>A comparison of a header or query parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What its value is compared with.</param>
public sealed record NamedMatch(string Name, TextMatch Value);
