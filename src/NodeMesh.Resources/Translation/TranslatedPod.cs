using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation;

/// <summary>A pod with what the translation found out about it.</summary>
/// <param name="Document">The pod.</param>
/// <param name="Meshed">True when the mesh serves it.</param>
/// <param name="Services">The Services that select it.</param>
/// <param name="Bindings">Its membership in them.</param>
internal sealed record TranslatedPod(
    ManifestDocument Document, bool Meshed, ImmutableArray<ManifestDocument> Services, ImmutableArray<ServiceBinding> Bindings)
{
    /// <summary>The typed pod.</summary>
    public PodResource Pod => (PodResource)Document.Resource!;

    /// <summary>Ports that the pod says it serves: of its containers, and targets of its services.</summary>
    public IEnumerable<int> Ports => Pod.Spec.Containers
        .SelectMany(c => c.Ports)
        .Select(p => p.ContainerPort ?? 0)
        .Concat(Bindings.SelectMany(b => b.Ports).Select(p => p.TargetPort))
        .Where(p => p != 0);
}
