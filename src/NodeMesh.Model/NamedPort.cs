namespace NodeMesh.Model;

/// <summary>A port of a workload that has a name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Protocol">The transport protocol.</param>
/// <param name="Port">The number.</param>
public readonly record struct NamedPort(string Name, NetworkProtocol Protocol, int Port);
