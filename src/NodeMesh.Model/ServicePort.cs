namespace NodeMesh.Model;

/// <summary>One port of a service.</summary>
/// <param name="Port">The port that clients dial on the service's address.</param>
/// <param name="TargetPort">The workload's port; 0 when each endpoint says its own (a named target port).</param>
public readonly record struct ServicePort(int Port, int TargetPort);
