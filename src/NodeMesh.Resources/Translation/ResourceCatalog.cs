using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation;

/// <summary>Documents by kind, and the indexes that the translation asks.</summary>
internal sealed class ResourceCatalog
{
    private static readonly ImmutableDictionary<string, string> None = ImmutableDictionary<string, string>.Empty;

    private readonly Dictionary<ResourceKind, List<ManifestDocument>> _byKind = [];
    private readonly Dictionary<string, ManifestDocument> _namespaces;
    private readonly Dictionary<(string Namespace, string Key, string Value), List<ManifestDocument>> _servicesByLabel = [];

    /// <summary>Sorts documents.</summary>
    /// <param name="documents">Valid documents.</param>
    public ResourceCatalog(IEnumerable<ManifestDocument> documents)
    {
        foreach (var document in documents)
        {
            if (!_byKind.TryGetValue(document.Kind, out var list))
            {
                _byKind[document.Kind] = list = [];
            }

            list.Add(document);
        }

        _namespaces = Of(ResourceKinds.Namespace).ToDictionary(d => d.Name, StringComparer.Ordinal);
        foreach (var service in Of(ResourceKinds.Service))
        {
            var selector = ((ServiceResource)service.Resource!).Spec.Selector;
            if (!selector.IsEmpty)
            {
                // One label of the selector is enough to find the few services that a pod may back.
                var (key, value) = selector.MinBy(l => l.Key, StringComparer.Ordinal);
                if (!_servicesByLabel.TryGetValue((service.Namespace, key, value), out var list))
                {
                    _servicesByLabel[(service.Namespace, key, value)] = list = [];
                }

                list.Add(service);
            }
        }
    }

    /// <summary>The documents of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The documents, in the order that they came in.</returns>
    public IReadOnlyList<ManifestDocument> Of(ResourceKind kind) => _byKind.TryGetValue(kind, out var list) ? list : [];

    /// <summary>Labels of a namespace; none when it is not declared.</summary>
    /// <param name="ns">The namespace.</param>
    public ImmutableDictionary<string, string> NamespaceLabels(string ns) => _namespaces.TryGetValue(ns, out var found) ? found.Labels : None;

    /// <summary>Annotations of a namespace; none when it is not declared.</summary>
    /// <param name="ns">The namespace.</param>
    public ImmutableDictionary<string, string> NamespaceAnnotations(string ns) => _namespaces.TryGetValue(ns, out var found) ? found.Annotations : None;

    /// <summary>The services whose selector matches a pod.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="labels">The pod's labels.</param>
    /// <returns>The services, by name.</returns>
    public IEnumerable<ManifestDocument> ServicesOf(string ns, ImmutableDictionary<string, string> labels)
    {
        List<ManifestDocument>? found = null;
        foreach (var (key, value) in labels)
        {
            foreach (var service in _servicesByLabel.GetValueOrDefault((ns, key, value)) ?? [])
            {
                if (Labels.Match(((ServiceResource)service.Resource!).Spec.Selector, labels))
                {
                    (found ??= []).Add(service);
                }
            }
        }

        return found is null ? [] : found.Count == 1 ? found : found.OrderBy(s => s.Name, StringComparer.Ordinal);
    }
}
