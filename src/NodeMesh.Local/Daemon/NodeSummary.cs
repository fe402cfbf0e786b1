using System.Collections.Immutable;

namespace NodeMesh.Local.Daemon;

/// <summary>A node in a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="NetworkNamespace">Its network namespace.</param>
/// <param name="Pods">How many pods are on it.</param>
/// <param name="Proxy">Its proxy; null in a mesh without proxies.</param>
public sealed record NodeSummary(string Name, ImmutableArray<string> Addresses, string Zone, string NetworkNamespace, int Pods, ComponentStatus? Proxy);
