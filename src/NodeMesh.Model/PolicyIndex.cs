using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>The policies of a model by key, and those that need no selector by namespace; persistent.</summary>
internal sealed class PolicyIndex
{
    private readonly ImmutableDictionary<string, ImmutableSortedDictionary<string, AuthorizationPolicy>> _byNamespace;

    private PolicyIndex(
        ImmutableDictionary<NamespacedName, AuthorizationPolicy> byKey,
        ImmutableSortedDictionary<string, AuthorizationPolicy> global,
        ImmutableDictionary<string, ImmutableSortedDictionary<string, AuthorizationPolicy>> byNamespace)
    {
        ByKey = byKey;
        Global = global;
        _byNamespace = byNamespace;
    }

    public static PolicyIndex Empty { get; } = new(
        ImmutableDictionary<NamespacedName, AuthorizationPolicy>.Empty,
        None,
        ImmutableDictionary.Create<string, ImmutableSortedDictionary<string, AuthorizationPolicy>>(StringComparer.Ordinal));

    public ImmutableDictionary<NamespacedName, AuthorizationPolicy> ByKey { get; }

    public ImmutableSortedDictionary<string, AuthorizationPolicy> Global { get; }

    private static ImmutableSortedDictionary<string, AuthorizationPolicy> None => ImmutableSortedDictionary.Create<string, AuthorizationPolicy>(StringComparer.Ordinal);

    public IEnumerable<AuthorizationPolicy> OfNamespace(string ns) => _byNamespace.TryGetValue(ns, out var found) ? found.Values : [];

    public PolicyIndex Apply(ImmutableArray<AuthorizationPolicy> upserts, ImmutableArray<NamespacedName> removed)
    {
        if (upserts.IsEmpty && removed.IsEmpty)
        {
            return this;
        }

        var byKey = ByKey.ToBuilder();
        var global = Global.ToBuilder();
        var byNamespace = _byNamespace.ToBuilder();
        foreach (var key in removed.Concat(upserts.Select(p => p.Key)))
        {
            if (!byKey.Remove(key, out var old))
            {
                continue;
            }

            if (old.Scope == PolicyScope.Global)
            {
                global.Remove(key.ToString());
            }
            else if (old.Scope == PolicyScope.Namespace)
            {
                byNamespace[key.Namespace] = byNamespace[key.Namespace].Remove(key.Name);
                if (byNamespace[key.Namespace].IsEmpty)
                {
                    byNamespace.Remove(key.Namespace);
                }
            }
        }

        foreach (var policy in upserts)
        {
            byKey[policy.Key] = policy;
            if (policy.Scope == PolicyScope.Global)
            {
                global[policy.Key.ToString()] = policy;
            }
            else if (policy.Scope == PolicyScope.Namespace)
            {
                byNamespace[policy.Namespace] = (byNamespace.GetValueOrDefault(policy.Namespace) ?? None).SetItem(policy.Name, policy);
            }
        }

        return new PolicyIndex(byKey.ToImmutable(), global.ToImmutable(), byNamespace.ToImmutable());
    }
}
