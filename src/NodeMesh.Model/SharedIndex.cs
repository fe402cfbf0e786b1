using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>Things by a key that several may share, an address or a host name; persistent. The things of one key are in the order of their own names.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TItem">The thing.</typeparam>
/// <param name="items">The things.</param>
/// <param name="nameOf">The name of a thing, unique among those of a key.</param>
internal sealed class SharedIndex<TKey, TItem>(ImmutableDictionary<TKey, ImmutableArray<TItem>> items, Func<TItem, NamespacedName> nameOf)
    where TKey : notnull
{
    public bool IsEmpty => items.IsEmpty;

    /// <summary>An index without anything in it.</summary>
    public static SharedIndex<TKey, TItem> Empty(Func<TItem, NamespacedName> nameOf, IEqualityComparer<TKey>? comparer = null) =>
        new(ImmutableDictionary.Create<TKey, ImmutableArray<TItem>>(comparer), nameOf);

    public ImmutableArray<TItem> Find(TKey key) => items.TryGetValue(key, out var found) ? found : [];

    public Editor Edit() => new(items.ToBuilder(), nameOf);

    /// <summary>Changes to an index that stays as it is.</summary>
    /// <param name="builder">The things.</param>
    /// <param name="nameOf">The name of a thing.</param>
    public readonly struct Editor(ImmutableDictionary<TKey, ImmutableArray<TItem>>.Builder builder, Func<TItem, NamespacedName> nameOf)
    {
        public void Add(TKey key, TItem item)
        {
            var name = nameOf(item);
            var of = nameOf;
            var others = builder.TryGetValue(key, out var found) ? found.RemoveAll(i => of(i) == name) : [];
            var text = name.ToString();
            builder[key] = others.Insert(others.Count(i => string.CompareOrdinal(of(i).ToString(), text) < 0), item);
        }

        public void Remove(TKey key, NamespacedName name)
        {
            if (!builder.TryGetValue(key, out var found))
            {
                return;
            }

            var of = nameOf;
            var rest = found.RemoveAll(i => of(i) == name);
            if (rest.IsEmpty)
            {
                builder.Remove(key);
            }
            else
            {
                builder[key] = rest;
            }
        }

        public SharedIndex<TKey, TItem> ToIndex() => new(builder.ToImmutable(), nameOf);
    }
}
