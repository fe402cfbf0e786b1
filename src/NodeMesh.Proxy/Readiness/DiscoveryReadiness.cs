using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Readiness;

/// <summary>Pending until the control plane has answered once for every type; a control plane that goes away later does not make the proxy unready, since it serves its last state.</summary>
/// <param name="mesh">The model.</param>
/// <param name="controlPlane">The control plane's address, for the message.</param>
internal sealed class DiscoveryReadiness(MeshState mesh, Uri controlPlane) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "discovery";

    /// <inheritdoc/>
    public string? Pending() => mesh.IsSynced ? null : $"no complete state from {controlPlane} yet";
}
