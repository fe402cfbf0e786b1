namespace NodeMesh.Compare.Rows;

/// <summary>One way from the client to a server, ready to be measured.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Endpoint">What the client dials.</param>
/// <param name="InClient">Makes a command run where the client is.</param>
/// <param name="Proxies">The process ids of each proxy on the way.</param>
/// <param name="Obstacle">After some load, why the row is not what its name says; null when it is.</param>
internal sealed record Row(
    string Name,
    Endpoint Endpoint,
    Func<IReadOnlyList<string>, IReadOnlyList<string>> InClient,
    Func<IReadOnlyList<IReadOnlyList<int>>> Proxies,
    Func<CancellationToken, Task<string?>>? Obstacle = null);
