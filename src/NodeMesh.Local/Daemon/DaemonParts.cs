using System.Collections.Immutable;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Networking;
using NodeMesh.Local.Store;

namespace NodeMesh.Local.Daemon;

/// <summary>The parts of a daemon, wired.</summary>
internal sealed record DaemonParts(
    ImmutableArray<ClusterNode> Nodes,
    ClusterNetwork Network,
    ObjectStore Store,
    RuntimeManifests Manifests,
    ClusterLoop Loop,
    ClusterDns Dns,
    ImmutableDictionary<string, Component> Components,
    DaemonApi Api);
