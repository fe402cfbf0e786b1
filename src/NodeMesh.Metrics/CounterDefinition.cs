namespace NodeMesh.Metrics;

/// <summary>One counter of a <see cref="CounterGroup"/>.</summary>
/// <param name="Name">The full name, with <c>_total</c>.</param>
/// <param name="Help">What it counts, and in which unit.</param>
public sealed record CounterDefinition(string Name, string Help);
