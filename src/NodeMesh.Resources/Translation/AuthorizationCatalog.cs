using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>All AuthorizationPolicies and TrafficTargets of a mesh, translated, and which of them a pod has to name.</summary>
internal sealed class AuthorizationCatalog
{
    private readonly string _rootNamespace;
    private readonly Dictionary<string, List<(ImmutableDictionary<string, string> Labels, NamespacedName Key)>> _selecting = [];
    private readonly Dictionary<NamespacedName, List<NamespacedName>> _targeting = [];
    private readonly Dictionary<NamespacedName, List<NamespacedName>> _byAccount = [];

    /// <summary>Translates the policies.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="catalog">The resources.</param>
    public AuthorizationCatalog(MeshSettings settings, ResourceCatalog catalog)
    {
        _rootNamespace = settings.RootNamespace;
        var translator = new AuthorizationTranslator(settings);
        var notEnforced = ImmutableHashSet.CreateBuilder<ResourceOrigin>();
        foreach (var document in catalog.Of(ResourceKinds.AuthorizationPolicy))
        {
            if (Take(document, translator.Translate(document), notEnforced) is { } policy)
            {
                Register(document, policy);
            }
        }

        var targets = new TrafficTargetTranslator(catalog.Of(ResourceKinds.SmiTcpRoute), catalog.Of(ResourceKinds.HttpRouteGroup));
        foreach (var document in catalog.Of(ResourceKinds.TrafficTarget))
        {
            if (Take(document, targets.Translate(document), notEnforced) is { Scope: PolicyScope.WorkloadSelector } policy)
            {
                Add(_byAccount, TrafficTargetTranslator.Account(document), policy.Key);
            }
        }

        NotEnforced = notEnforced.ToImmutable();
    }

    /// <summary>The policies with the resources that they come from.</summary>
    public List<(AuthorizationPolicy Policy, ResourceOrigin Origin)> Policies { get; } = [];

    /// <summary>What they do not do as written.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>Policies that L4 does not enforce exactly as written.</summary>
    public ImmutableHashSet<ResourceOrigin> NotEnforced { get; }

    /// <summary>The policies that a pod has to name: by its labels, or by a Service that it backs.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>Keys, sorted.</returns>
    public IEnumerable<NamespacedName> Selecting(TranslatedPod pod)
    {
        var ns = pod.Document.Namespace;
        var byLabel = _selecting.GetValueOrDefault(ns, []).Concat(ns == _rootNamespace ? [] : _selecting.GetValueOrDefault(_rootNamespace, []))
            .Where(p => Labels.Match(p.Labels, pod.Document.Labels))
            .Select(p => p.Key);
        var byService = pod.Services.SelectMany(s => _targeting.GetValueOrDefault(s.Key) ?? []);
        var account = pod.Pod.Spec.ServiceAccountName is { Length: > 0 } name ? name : "default";
        var byAccount = _byAccount.GetValueOrDefault(new NamespacedName(ns, account)) ?? [];
        return byLabel.Concat(byService).Concat(byAccount).Distinct().OrderBy(k => k.Namespace, StringComparer.Ordinal).ThenBy(k => k.Name, StringComparer.Ordinal);
    }

    private AuthorizationPolicy? Take(ManifestDocument document, AuthorizationTranslation translation, ImmutableHashSet<ResourceOrigin>.Builder notEnforced)
    {
        Findings.AddRange(translation.Findings);
        if (!translation.Enforced)
        {
            notEnforced.Add(document.Origin);
        }

        if (translation.Policy is { } policy)
        {
            Policies.Add((policy, document.Origin));
        }

        return translation.Policy;
    }

    private void Register(ManifestDocument document, AuthorizationPolicy policy)
    {
        if (policy.Scope != PolicyScope.WorkloadSelector)
        {
            return;
        }

        var spec = ((AuthorizationPolicyResource)document.Resource!).Spec!;
        var targets = AuthorizationTranslator.Targets(spec);
        if (targets.IsEmpty)
        {
            Add(_selecting, document.Namespace, (spec.Selector!.MatchLabels, policy.Key));
        }

        foreach (var target in AuthorizationTranslator.ServiceTargets(spec))
        {
            Add(_targeting, new NamespacedName(document.Namespace, target.Name), policy.Key);
        }
    }

    private static void Add<TKey, TValue>(Dictionary<TKey, List<TValue>> lists, TKey key, TValue value)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        list.Add(value);
    }
}
