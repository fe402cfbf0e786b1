namespace NodeMesh.Kubernetes.Watching;

/// <summary>An event of a watch.</summary>
/// <typeparam name="T">The objects' type.</typeparam>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object; null for a bookmark.</param>
/// <param name="ResourceVersion">Where a watch goes on after this event.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T? Object, string? ResourceVersion)
    where T : class;
