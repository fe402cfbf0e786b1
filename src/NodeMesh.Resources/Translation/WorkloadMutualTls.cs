using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Resources.Translation;

/// <summary>What PeerAuthentication says of one workload.</summary>
/// <param name="Plaintext">True when the workload is to be reached in plaintext.</param>
/// <param name="Policies">Keys of the policies that refuse plaintext peers.</param>
internal readonly record struct WorkloadMutualTls(bool Plaintext, ImmutableArray<NamespacedName> Policies);
