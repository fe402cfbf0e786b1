using System.Collections.Immutable;

namespace NodeMesh.Resources.Manifests;

/// <summary>Makes immutable collections.</summary>
/// <typeparam name="T">The element.</typeparam>
internal sealed class CollectionMaker<T> : CollectionMaker
{
    /// <inheritdoc/>
    public override object List(IReadOnlyList<object> items)
    {
        var builder = ImmutableArray.CreateBuilder<T>(items.Count);
        foreach (var item in items)
        {
            builder.Add((T)item);
        }

        return builder.MoveToImmutable();
    }

    /// <inheritdoc/>
    public override object Map(IReadOnlyDictionary<string, object> entries) =>
        entries.ToImmutableDictionary(e => e.Key, e => (T)e.Value, StringComparer.Ordinal);
}
