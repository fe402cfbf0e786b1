namespace NodeMesh.Model.Traffic;

/// <summary>Settings of one port.</summary>
/// <param name="Port">The service's port.</param>
/// <param name="Settings">What holds there.</param>
public sealed record PortTrafficSettings(int Port, TrafficSettings Settings);
