namespace NodeMesh.Discovery.Serving;

/// <summary>The present resources of one type, by name, alias and membership. Guarded by the server's lock.</summary>
internal sealed class ResourceTable(string typeUrl)
{
    private readonly Dictionary<string, DiscoveryResource> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _byAlias = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _members = new(StringComparer.Ordinal);

    public string TypeUrl { get; } = typeUrl;

    public IEnumerable<string> Names => _byName.Keys;

    public int Count => _byName.Count;

    public DiscoveryResource? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Applies a change.</summary>
    /// <returns>Names that subscribers may have to hear of.</returns>
    public IReadOnlyCollection<string> Apply(DiscoveryTypeChange change)
    {
        var affected = new HashSet<string>(change.Upserts.Length + change.Removals.Length, StringComparer.Ordinal);
        foreach (var name in change.Removals)
        {
            if (_byName.Remove(name, out var old))
            {
                Unindex(old);
                Touch(name, affected, withMembers: true);
            }
        }

        foreach (var resource in change.Upserts)
        {
            var known = _byName.TryGetValue(resource.Name, out var old);
            if (known && old!.Version == resource.Version)
            {
                continue;
            }

            if (known)
            {
                Unindex(old!);
            }

            _byName[resource.Name] = resource;
            Index(resource);
            Touch(resource.Name, affected, withMembers: !known || !old!.Aliases.SequenceEqual(resource.Aliases));
        }

        return affected;
    }

    /// <summary>What a subscribed name stands for: the resource itself or those that have it as an alias, and their members.</summary>
    /// <returns>True when there is anything.</returns>
    public bool Resolve(string requested, ICollection<string> names)
    {
        var found = false;
        if (_byName.ContainsKey(requested))
        {
            found = true;
            AddWithMembers(requested, names);
        }

        if (_byAlias.TryGetValue(requested, out var aliased))
        {
            found = true;
            foreach (var name in aliased)
            {
                AddWithMembers(name, names);
            }
        }

        return found;
    }

    /// <summary>Whether a resource is what one of the requested names stands for.</summary>
    public bool IsRequested(DiscoveryResource resource, HashSet<string> requested)
    {
        if (IsNamed(resource, requested))
        {
            return true;
        }

        foreach (var parent in resource.MemberOf)
        {
            if (requested.Contains(parent) || (_byName.TryGetValue(parent, out var service) && IsNamed(service, requested)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamed(DiscoveryResource resource, HashSet<string> requested)
    {
        if (requested.Contains(resource.Name))
        {
            return true;
        }

        foreach (var alias in resource.Aliases)
        {
            if (requested.Contains(alias))
            {
                return true;
            }
        }

        return false;
    }

    private static void Add(Dictionary<string, HashSet<string>> index, string key, string name)
    {
        if (!index.TryGetValue(key, out var names))
        {
            index[key] = names = new HashSet<string>(StringComparer.Ordinal);
        }

        names.Add(name);
    }

    private static void Remove(Dictionary<string, HashSet<string>> index, string key, string name)
    {
        if (index.TryGetValue(key, out var names) && names.Remove(name) && names.Count == 0)
        {
            index.Remove(key);
        }
    }

    private void Touch(string name, HashSet<string> affected, bool withMembers)
    {
        affected.Add(name);
        if (withMembers && _members.TryGetValue(name, out var members))
        {
            affected.UnionWith(members);
        }
    }

    private void AddWithMembers(string name, ICollection<string> names)
    {
        names.Add(name);
        if (_members.TryGetValue(name, out var members))
        {
            foreach (var member in members)
            {
                names.Add(member);
            }
        }
    }

    private void Index(DiscoveryResource resource)
    {
        foreach (var alias in resource.Aliases)
        {
            Add(_byAlias, alias, resource.Name);
        }

        foreach (var parent in resource.MemberOf)
        {
            Add(_members, parent, resource.Name);
        }
    }

    private void Unindex(DiscoveryResource resource)
    {
        foreach (var alias in resource.Aliases)
        {
            Remove(_byAlias, alias, resource.Name);
        }

        foreach (var parent in resource.MemberOf)
        {
            Remove(_members, parent, resource.Name);
        }
    }
}
