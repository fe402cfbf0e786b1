using System.Collections.Immutable;

namespace NodeMesh.Control.Compilation;

/// <summary>Keeps the objects, and the whole dictionary, of the time before where nothing changed.</summary>
internal static class ModelReuse
{
    /// <summary>Merges.</summary>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TValue">The model object.</typeparam>
    /// <param name="last">The objects of the time before.</param>
    /// <param name="next">The objects of now.</param>
    /// <param name="same">Compares two objects by value.</param>
    /// <returns><paramref name="last"/> itself when nothing changed.</returns>
    public static ImmutableDictionary<TKey, TValue> Merge<TKey, TValue>(
        ImmutableDictionary<TKey, TValue> last, ImmutableDictionary<TKey, TValue> next, Func<TValue, TValue, bool> same)
        where TKey : notnull
        where TValue : class
    {
        var builder = last.ToBuilder();
        foreach (var key in last.Keys)
        {
            if (!next.ContainsKey(key))
            {
                builder.Remove(key);
            }
        }

        foreach (var (key, value) in next)
        {
            if (!last.TryGetValue(key, out var old) || (!ReferenceEquals(old, value) && !same(old, value)))
            {
                builder[key] = value;
            }
        }

        // An untouched builder gives back the dictionary that it was made of.
        return builder.ToImmutable();
    }
}
