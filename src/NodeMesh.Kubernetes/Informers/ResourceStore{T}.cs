using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Informers;

/// <summary>The objects that an informer holds.</summary>
/// <typeparam name="T">Their type.</typeparam>
public sealed class ResourceStore<T>
    where T : class, IKubernetesObject
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private readonly Dictionary<string, StoreIndex<T>> _indexes;

    internal ResourceStore(IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> indexes) =>
        _indexes = indexes.ToDictionary(i => i.Key, i => new StoreIndex<T>(i.Value), StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _objects.Count;
            }
        }
    }

    /// <summary>All objects, as of now.</summary>
    /// <returns>A copy of the list.</returns>
    public IReadOnlyList<T> List()
    {
        lock (_gate)
        {
            return [.. _objects.Values];
        }
    }

    /// <summary>An object.</summary>
    /// <param name="ns">Its namespace; empty for kinds of the whole cluster.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The object; null when there is none.</returns>
    public T? Get(string ns, string name)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(new ObjectKey(ns, name));
        }
    }

    /// <summary>The objects that an index has under a value.</summary>
    /// <param name="index">The index's name.</param>
    /// <param name="value">The value.</param>
    /// <returns>The objects.</returns>
    /// <exception cref="KeyNotFoundException">The informer was made without this index.</exception>
    public IReadOnlyList<T> ByIndex(string index, string value)
    {
        lock (_gate)
        {
            return _indexes.TryGetValue(index, out var found)
                ? [.. found.Find(value).Select(k => _objects[k])]
                : throw new KeyNotFoundException($"there is no index \"{index}\"");
        }
    }

    /// <summary>Puts an object in.</summary>
    /// <returns>What it replaced.</returns>
    internal T? Set(T value)
    {
        var key = ObjectKey.Of(value);
        lock (_gate)
        {
            _objects.TryGetValue(key, out var old);
            _objects[key] = value;
            foreach (var index in _indexes.Values)
            {
                index.Set(key, value);
            }

            return old;
        }
    }

    internal T? Remove(ObjectKey key)
    {
        lock (_gate)
        {
            if (!_objects.Remove(key, out var old))
            {
                return null;
            }

            foreach (var index in _indexes.Values)
            {
                index.Remove(key);
            }

            return old;
        }
    }
}
