namespace NodeMesh.Local.Daemon;

/// <summary>A process of the mesh itself.</summary>
/// <param name="Name">Its name, such as <c>node-1-proxy</c>.</param>
/// <param name="NetworkNamespace">The namespace that it runs in.</param>
/// <param name="Program">Its program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Ready">Asks whether it is ready: null when it is, otherwise what is missing.</param>
internal sealed record ComponentSpec(
    string Name, string NetworkNamespace, string Program, IReadOnlyList<string> Arguments, Func<CancellationToken, Task<string?>> Ready);
