namespace NodeMesh.Compare.Measuring;

/// <summary>One number of one round.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Value">The number.</param>
internal readonly record struct Measurement(string Metric, double Value);
