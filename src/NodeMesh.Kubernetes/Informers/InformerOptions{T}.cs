namespace NodeMesh.Kubernetes.Informers;

/// <summary>What an informer holds, and how.</summary>
/// <typeparam name="T">The objects' type.</typeparam>
public sealed record InformerOptions<T>
    where T : class
{
    /// <summary>Which objects; its label and field selectors count.</summary>
    public ListOptions Select { get; init; } = new();

    /// <summary>
    /// Takes the first list from the API server's memory. It is cheap for the server, above all with a field selector, and may be a little old; the watch
    /// catches up. For clients of which there are many, such as one per node.
    /// </summary>
    public bool FromCache { get; init; }

    /// <summary>How often listeners are told of every object again; never when missing.</summary>
    public TimeSpan? Resync { get; init; }

    /// <summary>Named functions that say under which values an object is found with <see cref="ResourceStore{T}.ByIndex"/>.</summary>
    public IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> Indexes { get; init; } = new Dictionary<string, Func<T, IEnumerable<string>>>();

    /// <summary>Makes an object smaller before it is kept. Its managedFields are dropped in any case.</summary>
    public Func<T, T>? Transform { get; init; }
}
