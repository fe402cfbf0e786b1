namespace NodeMesh.Model.Traffic;

/// <summary>Where the clients of a region turn.</summary>
/// <param name="From">The region.</param>
/// <param name="To">The region in its place.</param>
public sealed record LocalityFailover(string From, string To);
