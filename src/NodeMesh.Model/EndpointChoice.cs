namespace NodeMesh.Model;

/// <summary>An endpoint that was chosen.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Port">Its own port.</param>
public readonly record struct EndpointChoice(Workload Workload, int Port);
