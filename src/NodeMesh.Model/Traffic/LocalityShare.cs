namespace NodeMesh.Model.Traffic;

/// <summary>The share of a locality.</summary>
/// <param name="Locality">The endpoints' locality: <c>region/zone/subzone</c>, where a part may be <c>*</c> and later parts be missing.</param>
/// <param name="Weight">Of a hundred.</param>
public sealed record LocalityShare(string Locality, int Weight);
