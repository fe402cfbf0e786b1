using System.Collections.Immutable;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// The groups of the last translation whose groups were others. Workloads keep them one change longer: a proxy learns of workloads and of policies one after
/// the other, and must not find a policy of before without the groups that it names. Used by one thread at a time.
/// </summary>
public sealed class NetworkGroupMemory
{
    private ImmutableDictionary<string, NetworkGroup> _current = ImmutableDictionary<string, NetworkGroup>.Empty;
    private ImmutableDictionary<string, NetworkGroup> _before = ImmutableDictionary<string, NetworkGroup>.Empty;

    /// <summary>Takes the groups of now.</summary>
    /// <param name="groups">The groups, by name.</param>
    /// <returns>These, and those of before.</returns>
    internal ImmutableDictionary<string, NetworkGroup> Take(ImmutableDictionary<string, NetworkGroup> groups)
    {
        if (groups.Count != _current.Count || groups.Keys.Any(k => !_current.ContainsKey(k)))
        {
            (_before, _current) = (_current, groups);
        }

        return _before.SetItems(_current);
    }
}
