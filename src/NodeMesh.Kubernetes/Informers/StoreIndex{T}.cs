namespace NodeMesh.Kubernetes.Informers;

/// <summary>Objects' keys by a value of theirs. Guarded by the store.</summary>
internal sealed class StoreIndex<T>(Func<T, IEnumerable<string>> values)
{
    private readonly Dictionary<string, HashSet<ObjectKey>> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, string[]> _values = [];

    public IEnumerable<ObjectKey> Find(string value) => _keys.TryGetValue(value, out var found) ? found : [];

    public void Set(ObjectKey key, T item)
    {
        Remove(key);
        var now = values(item).Distinct(StringComparer.Ordinal).ToArray();
        foreach (var value in now)
        {
            if (!_keys.TryGetValue(value, out var set))
            {
                _keys[value] = set = [];
            }

            set.Add(key);
        }

        _values[key] = now;
    }

    public void Remove(ObjectKey key)
    {
        if (!_values.Remove(key, out var before))
        {
            return;
        }

        foreach (var value in before)
        {
            var set = _keys[value];
            set.Remove(key);
            if (set.Count == 0)
            {
                _keys.Remove(value);
            }
        }
    }
}
