namespace NodeMesh.Metrics;

/// <summary>One histogram of a <see cref="CounterGroup"/>. Values are whole numbers, so that adding needs no loop.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Help">What it measures.</param>
/// <param name="Bounds">The upper bounds of its buckets as they are exposed, ascending; that of everything is added.</param>
/// <param name="Scale">By how much a recorded value is multiplied to be exposed: 0.001 for microseconds that are shown as milliseconds.</param>
public sealed record HistogramDefinition(string Name, string Help, IReadOnlyList<double> Bounds, double Scale = 1);
