using System.Text.Json;

namespace NodeMesh.Cli.Proxy;

/// <summary>A way to the proxies and the control plane of a mesh.</summary>
internal interface IMeshAccess : IDisposable
{
    /// <summary>The nodes that have a proxy, in order.</summary>
    IReadOnlyList<string> Nodes { get; }

    /// <summary>Finds a node by what a user typed.</summary>
    /// <param name="node">A node's name, or on a cluster that of its proxy's pod.</param>
    /// <returns>The node.</returns>
    /// <exception cref="ProxyQueryException">The mesh has no such node.</exception>
    string RequireNode(string node);

    /// <summary>Asks a node's proxy on its admin port.</summary>
    /// <param name="node">The node.</param>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyQueryException">The proxy does not answer.</exception>
    Task<JsonElement> AskProxyAsync(string node, string path, CancellationToken cancellationToken);

    /// <summary>Tells a node's proxy to do something.</summary>
    /// <param name="node">The node.</param>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyQueryException">The proxy does not answer, or refuses.</exception>
    Task<JsonElement> TellProxyAsync(string node, string path, CancellationToken cancellationToken);

    /// <summary>Asks the control plane on its debug port.</summary>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyQueryException">The control plane does not answer.</exception>
    Task<JsonElement> AskControlAsync(string path, CancellationToken cancellationToken);
}
