using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis;

/// <summary>A pod, or what a controller's template stands for.</summary>
/// <param name="Document">The pod or controller; null for the gateway that Istio installs.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name, or the controller's.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Annotations">Its annotations.</param>
/// <param name="Spec">Its spec; null for the gateway that Istio installs.</param>
internal sealed record PodView(
    ManifestDocument? Document, string Namespace, string Name, ImmutableDictionary<string, string> Labels, ImmutableDictionary<string, string> Annotations, PodSpec? Spec)
{
    /// <summary>Where the pod's spec is in the document.</summary>
    public string SpecPath => Document?.Resource is PodResource ? "spec" : "spec.template.spec";
}
