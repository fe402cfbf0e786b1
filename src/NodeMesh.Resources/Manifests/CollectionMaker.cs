namespace NodeMesh.Resources.Manifests;

/// <summary>Makes immutable collections of an element type that is known only at run time.</summary>
internal abstract class CollectionMaker
{
    /// <summary>An immutable array.</summary>
    /// <param name="items">Its items.</param>
    /// <returns>The array.</returns>
    public abstract object List(IReadOnlyList<object> items);

    /// <summary>An immutable dictionary.</summary>
    /// <param name="entries">Its entries.</param>
    /// <returns>The dictionary.</returns>
    public abstract object Map(IReadOnlyDictionary<string, object> entries);
}
