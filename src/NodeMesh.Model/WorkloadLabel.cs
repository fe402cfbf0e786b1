namespace NodeMesh.Model;

/// <summary>A label of a workload.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value.</param>
public readonly record struct WorkloadLabel(string Key, string Value);
