using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// Finds policies that name an identity which nobody can have, since there is no such ServiceAccount. Only where ServiceAccounts are known at all: every
/// namespace of a cluster has one, manifests often have none.
/// </summary>
internal sealed class PrincipalAnalysis
{
    private readonly MeshSettings _settings;
    private readonly ResourceCatalog _catalog;
    private readonly HashSet<NamespacedName> _accounts;
    private readonly HashSet<string> _known;

    /// <summary>Prepares the analysis.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="catalog">The resources.</param>
    /// <param name="pods">The pods that have not ended.</param>
    public PrincipalAnalysis(MeshSettings settings, ResourceCatalog catalog, IEnumerable<TranslatedPod> pods)
    {
        _settings = settings;
        _catalog = catalog;
        var declared = catalog.Of(ResourceKinds.ServiceAccount);
        _known = declared.Select(a => a.Namespace).ToHashSet(StringComparer.Ordinal);
        _accounts = _known.Count == 0 ? [] : declared.Select(a => a.Key).Concat(pods.Select(AccountOf)).ToHashSet();
    }

    /// <summary>Finds them.</summary>
    /// <returns>Warnings.</returns>
    public IEnumerable<Finding> Find() => _known.Count == 0 ? [] : _catalog.Of(ResourceKinds.AuthorizationPolicy).SelectMany(OfPolicy);

    private static NamespacedName AccountOf(TranslatedPod pod) =>
        new(pod.Document.Namespace, ((PodResource)pod.Document.Resource!).Spec.ServiceAccountName is { Length: > 0 } name ? name : "default");

    private IEnumerable<Finding> OfPolicy(ManifestDocument document)
    {
        var rules = ((AuthorizationPolicyResource)document.Resource!).Spec?.Rules ?? [];
        foreach (var (rule, from) in rules.Index().SelectMany(r => r.Item.From.Index().Select(f => (Rule: r.Index, From: f))))
        {
            if (from.Item.Source is not { } source)
            {
                continue;
            }

            var path = $"spec.rules[{rule}].from[{from.Index}].source";
            var named = Named(source.Principals, $"{path}.principals", OfPrincipal).Concat(Named(source.ServiceAccounts, $"{path}.serviceAccounts", v => OfAccount(v, document.Namespace)));
            foreach (var (field, account) in named)
            {
                yield return document.Report(
                    FindingLevel.Warning, FindingCodes.Suspicious, field, $"there is no ServiceAccount {account}: nobody has this identity; check namespace and name");
            }
        }
    }

    private IEnumerable<(string Field, NamespacedName Account)> Named(ImmutableArray<string> values, string field, Func<string, NamespacedName?> parse) =>
        values.Index()
            .Select(v => (Field: FieldPath.Index(field, v.Index), Account: parse(v.Item)))
            .Where(v => v.Account is { } account && _known.Contains(account.Namespace) && !_accounts.Contains(account))
            .Select(v => (v.Field, v.Account!.Value));

    private NamespacedName? OfPrincipal(string text) =>
        !text.Contains('*', StringComparison.Ordinal) && SpiffeId.TryParse($"spiffe://{text}", out var id) && (id.TrustDomain == _settings.TrustDomain || id.TrustDomain == "cluster.local")
            ? new NamespacedName(id.Namespace, id.ServiceAccount)
            : null;

    private static NamespacedName? OfAccount(string text, string ns) => text.Split('/') switch
    {
        [var name] => new NamespacedName(ns, name),
        [var other, var name] => new NamespacedName(other, name),
        _ => null,
    };
}
