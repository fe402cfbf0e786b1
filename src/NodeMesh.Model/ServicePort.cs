namespace NodeMesh.Model;

/// <summary>One port of a service.</summary>
/// <param name="Port">The port that clients dial on the service's address.</param>
/// <param name="TargetPort">The workload's port; 0 when each endpoint says its own (a named target port).</param>
/// <param name="Protocol">What is spoken there; said by services, not by the bindings of workloads.</param>
/// <param name="Name">Its name; null when it has none, or in the bindings of workloads.</param>
public readonly record struct ServicePort(int Port, int TargetPort, AppProtocol Protocol = AppProtocol.Unknown, string? Name = null);
