using System.Collections.Immutable;
using NodeMesh.Discovery;

namespace NodeMesh.Control.Discovery;

/// <summary>The diff of one kind of model object.</summary>
internal sealed class TypeDiff<TKey, TValue>(Func<TValue, DiscoveryResource> encode)
    where TKey : notnull
    where TValue : class
{
    private readonly Dictionary<TKey, Known> _known = [];
    private ImmutableDictionary<TKey, TValue> _last = ImmutableDictionary<TKey, TValue>.Empty;

    /// <summary>Takes the next objects and adds what differs.</summary>
    public void Next(ImmutableDictionary<TKey, TValue> next, ImmutableArray<DiscoveryResource>.Builder upserts, ImmutableArray<string>.Builder removals)
    {
        if (ReferenceEquals(next, _last))
        {
            return;
        }

        foreach (var (key, value) in next)
        {
            if (_known.TryGetValue(key, out var known) && ReferenceEquals(known.Value, value))
            {
                continue;
            }

            var resource = encode(value);
            _known[key] = new Known(value, resource.Name, resource.Version);
            if (known.Version == resource.Version)
            {
                continue;
            }

            if (known.Name is not null && known.Name != resource.Name)
            {
                removals.Add(known.Name);
            }

            upserts.Add(resource);
        }

        foreach (var key in _last.Keys)
        {
            if (!next.ContainsKey(key) && _known.Remove(key, out var known))
            {
                removals.Add(known.Name);
            }
        }

        _last = next;
    }

    private readonly record struct Known(TValue Value, string Name, string Version);
}
