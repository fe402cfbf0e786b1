namespace NodeMesh.Model.Traffic;

/// <summary>The shares of the clients of a locality.</summary>
/// <param name="From">The clients' locality: <c>region/zone/subzone</c>, where a part may be <c>*</c> and later parts be missing.</param>
/// <param name="To">Localities with their percentages.</param>
public sealed record LocalityDistribution(string From, ValueList<LocalityShare> To);
