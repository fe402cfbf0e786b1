using System.Collections.Immutable;

namespace NodeMesh.Local.Daemon;

/// <summary>How a local mesh goes.</summary>
/// <param name="Mesh">Its name.</param>
/// <param name="Ready">True when nothing is missing.</param>
/// <param name="Missing">What is not ready, and why.</param>
/// <param name="Nodes">The nodes.</param>
/// <param name="ControlPlane">The control plane; null in a mesh without one.</param>
/// <param name="Pods">The pods.</param>
public sealed record MeshStatus(
    string Mesh, bool Ready, ImmutableArray<string> Missing, ImmutableArray<NodeSummary> Nodes, ComponentStatus? ControlPlane, ImmutableArray<PodSummary> Pods)
{
    /// <summary>How pods' traffic is captured: <c>ebpf</c> or <c>iptables</c>, or <c>auto</c> as long as no pod is; null in a mesh without proxies.</summary>
    public string? Capture { get; init; }
}
