using System.Collections.Immutable;
using NodeMesh.Control.Status;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Compilation;

/// <summary>
/// Compiles manifests again and again. Translation runs over everything but the pods that are the same documents while nothing else has changed; what it makes anew without a difference
/// is replaced by the object of the time before, so that whoever compares by reference sees only what changed. Used by one thread at a time.
/// </summary>
/// <param name="settings">The mesh.</param>
public sealed class MeshCompiler(MeshSettings settings)
{
    private readonly NetworkGroupMemory _groups = new();
    private readonly PodMemory _pods = new();

    /// <summary>The last model.</summary>
    public CompiledMesh Current { get; private set; } = CompiledMesh.Empty;

    /// <summary>Compiles.</summary>
    /// <param name="documents">Good documents, each resource once.</param>
    /// <param name="manifestFindings">What reading them found.</param>
    /// <returns>The result; its mesh is <see cref="Current"/> itself when nothing changed.</returns>
    public CompiledConfiguration Compile(IReadOnlyCollection<ManifestDocument> documents, ImmutableArray<Finding> manifestFindings)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var translation = MeshTranslator.Translate(settings, documents, _groups, _pods);
        var (last, next) = (Current, translation.Mesh);
        var workloads = ModelReuse.Merge(last.Workloads, next.Workloads, ModelEquality.Same);
        var services = ModelReuse.Merge(last.Services, next.Services, ModelEquality.Same);
        var policies = ModelReuse.Merge(last.Policies, next.Policies, ModelEquality.Same);
        var network = ModelReuse.Merge(last.NetworkPolicies, next.NetworkPolicies, ModelEquality.Same);
        var nodes = ModelReuse.Merge(last.Nodes, next.Nodes, ModelEquality.Same);
        var routes = ModelReuse.Merge(last.Routes, next.Routes, static (a, b) => a == b);
        var placements = last.Placements.SetEquals(next.Placements) ? last.Placements : next.Placements;
        var same = ReferenceEquals(workloads, last.Workloads) && ReferenceEquals(services, last.Services) && ReferenceEquals(policies, last.Policies)
            && ReferenceEquals(network, last.NetworkPolicies) && ReferenceEquals(nodes, last.Nodes) && ReferenceEquals(routes, last.Routes)
            && ReferenceEquals(placements, last.Placements);
        Current = same ? last : new CompiledMesh(workloads, services, policies, nodes, placements) { NetworkPolicies = network, Routes = routes };
        ImmutableArray<Finding> findings = [.. manifestFindings, .. translation.Findings];
        return new CompiledConfiguration(Current, translation.PolicyOrigins, findings, StatusBuilder.Build(documents, findings, translation.NotEnforced, translation.RouteParents));
    }
}
