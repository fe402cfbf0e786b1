using NodeMesh.Kubernetes.Watching;

namespace NodeMesh.Kubernetes.Informers;

/// <summary>Takes what a <see cref="Reflector{T}"/> reads. Calls come one after the other.</summary>
internal interface IReflectorTarget<T>
    where T : class
{
    /// <summary>The whole truth.</summary>
    void Replace(IReadOnlyList<T> items);

    /// <summary>A change; never a bookmark.</summary>
    void Apply(WatchEvent<T> change);

    /// <summary>A watch opened, or ended.</summary>
    void Watching(bool open);

    /// <summary>Listing or watching failed; null when it works again.</summary>
    void Failed(Exception? error);
}
