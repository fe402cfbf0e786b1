using NodeMesh.Discovery;

namespace NodeMesh.Proxy.Admin;

/// <summary>Discovery in the dump.</summary>
/// <param name="Synced">True once the first answer of every type was applied.</param>
/// <param name="AgeSeconds">How long ago the control plane last said something; null when it never did.</param>
/// <param name="ModelVersion">Counts the changes of the model.</param>
/// <param name="ControlPlane">The control plane's address.</param>
/// <param name="Client">What the client says of its stream.</param>
internal sealed record DiscoveryView(bool Synced, double? AgeSeconds, long ModelVersion, Uri ControlPlane, DiscoveryClientStatus? Client);
