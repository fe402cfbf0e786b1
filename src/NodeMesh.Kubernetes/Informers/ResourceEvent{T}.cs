namespace NodeMesh.Kubernetes.Informers;

/// <summary>What an informer tells. Objects are shared by all who listen: they are not to be changed.</summary>
/// <typeparam name="T">The objects' type.</typeparam>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object; of a deleted one the last state that was seen.</param>
/// <param name="Old">Its state before, of an update; the same object on a resync.</param>
public sealed record ResourceEvent<T>(ResourceEventType Type, T Object, T? Old)
    where T : class;
