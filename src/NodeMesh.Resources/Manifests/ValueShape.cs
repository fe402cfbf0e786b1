using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace NodeMesh.Resources.Manifests;

/// <summary>How values of a type are read from a manifest: a scalar, a list, a map, a record, or the tree itself.</summary>
internal sealed class ValueShape
{
    private static readonly ConcurrentDictionary<Type, ValueShape> Cache = new();

    private readonly CollectionMaker? _collection;

    private ValueShape(Type type)
    {
        Type = Nullable.GetUnderlyingType(type) ?? type;
        if (Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            Kind = ShapeKind.List;
            Element = Of(Type.GenericTypeArguments[0]);
            _collection = Collection(Type.GenericTypeArguments[0]);
        }
        else if (Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>))
        {
            Kind = ShapeKind.Map;
            Element = Of(Type.GenericTypeArguments[1]);
            _collection = Collection(Type.GenericTypeArguments[1]);
        }
        else
        {
            Kind = Type == typeof(ManifestNode) ? ShapeKind.Tree
                : Type == typeof(string) || Type.IsValueType ? ShapeKind.Scalar
                : ShapeKind.Record;
        }
    }

    /// <summary>The type, without <see cref="Nullable{T}"/>.</summary>
    public Type Type { get; }

    /// <summary>Its kind.</summary>
    public ShapeKind Kind { get; }

    /// <summary>The shape of items; null unless a list or map.</summary>
    public ValueShape? Element { get; }

    /// <summary>The shape of a type.</summary>
    /// <param name="type">The type.</param>
    /// <returns>The shape.</returns>
    public static ValueShape Of(Type type) => Cache.GetOrAdd(type, static t => new ValueShape(t));

    /// <summary>Makes the value of a list.</summary>
    /// <param name="items">Its items.</param>
    /// <returns>The value.</returns>
    public object MakeList(IReadOnlyList<object> items) => _collection!.List(items);

    /// <summary>Makes the value of a map.</summary>
    /// <param name="entries">Its entries.</param>
    /// <returns>The value.</returns>
    public object MakeMap(IReadOnlyDictionary<string, object> entries) => _collection!.Map(entries);

    /// <summary>The items of a list value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Its items.</returns>
    public static IEnumerable<object> Items(object value) => ((IEnumerable)value).Cast<object>();

    /// <summary>The entries of a map value, sorted by key.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Its entries.</returns>
    public static IEnumerable<KeyValuePair<string, object>> Entries(object value)
    {
        var map = (IDictionary)value;
        return map.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, map[key]!));
    }

    private static CollectionMaker Collection(Type element) => (CollectionMaker)Activator.CreateInstance(typeof(CollectionMaker<>).MakeGenericType(element))!;
}
