using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>Finds DestinationRules whose TLS settings have no effect: between pods of the mesh every connection has mutual TLS, and no other.</summary>
internal sealed class ClientTlsAnalysis
{
    private readonly ResourceCatalog _catalog;
    private readonly string _suffix;
    private readonly Dictionary<NamespacedName, bool> _allMeshed = [];

    /// <summary>Prepares the analysis.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="catalog">The resources.</param>
    /// <param name="pods">The pods that have not ended.</param>
    public ClientTlsAnalysis(MeshSettings settings, ResourceCatalog catalog, IEnumerable<TranslatedPod> pods)
    {
        _catalog = catalog;
        _suffix = $".svc.{settings.ClusterDomain}";
        foreach (var (pod, service) in pods.SelectMany(p => p.Services.Select(s => (p, s.Key))))
        {
            _allMeshed[service] = pod.Meshed && _allMeshed.GetValueOrDefault(service, true);
        }
    }

    /// <summary>Finds them.</summary>
    /// <returns>Warnings.</returns>
    public IEnumerable<Finding> Find()
    {
        foreach (var document in _catalog.Of(ResourceKinds.DestinationRule))
        {
            if (((DestinationRuleResource)document.Resource!).Spec is not { } spec || !_allMeshed.GetValueOrDefault(KeyOf(document.Namespace, spec.Host)))
            {
                continue;
            }

            foreach (var (field, mode) in Modes("spec.trafficPolicy", spec.TrafficPolicy).Concat(spec.Subsets.Index().SelectMany(s => Modes($"spec.subsets[{s.Index}].trafficPolicy", s.Item.TrafficPolicy))))
            {
                yield return document.Report(
                    FindingLevel.Warning, FindingCodes.NoEffect, field,
                    $"{mode} has no effect: all pods of {spec.Host} are in the mesh, and connections to them have the mesh's mutual TLS and no other; remove it, or take the pods out of the mesh");
            }
        }
    }

    private static IEnumerable<(string Field, string Mode)> Modes(string field, TrafficPolicy? policy)
    {
        if (policy is null)
        {
            return [];
        }

        return policy.PortLevelSettings.Index().Select(p => ($"{field}.portLevelSettings[{p.Index}].tls.mode", p.Item.Tls))
            .Prepend(($"{field}.tls.mode", policy.Tls))
            .Where(t => t.Item2 is not null and not { Mode: "ISTIO_MUTUAL" })
            .Select(t => (t.Item1, t.Item2!.Mode ?? "DISABLE"));
    }

    private NamespacedName KeyOf(string ns, string host)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        if (!name.Contains('.', StringComparison.Ordinal))
        {
            return new NamespacedName(ns, name);
        }

        return name.EndsWith(_suffix, StringComparison.Ordinal) && name[..^_suffix.Length].Split('.') is [var service, var own] ? new NamespacedName(own, service) : default;
    }
}
