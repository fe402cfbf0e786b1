namespace NodeMesh.Resources.Explanation;

/// <summary>Where requests go.</summary>
/// <param name="Service">The Service's name.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Port">Its port.</param>
/// <param name="Weight">Its share, relative to the others'.</param>
public sealed record ExplainBackend(string Service, string Namespace, int Port, int Weight);
