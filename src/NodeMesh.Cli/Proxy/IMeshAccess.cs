using System.Text.Json;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Proxy;

/// <summary>A way to the proxies and the control plane of a mesh.</summary>
internal interface IMeshAccess : IDisposable
{
    /// <summary>What the mesh is called in messages.</summary>
    string Title { get; }

    /// <summary>The namespace of names that name none: that of the kubeconfig's context.</summary>
    string DefaultNamespace { get; }

    /// <summary>The nodes that have a proxy, in order.</summary>
    IReadOnlyList<string> Nodes { get; }

    /// <summary>The control plane's replicas, ready ones first.</summary>
    IReadOnlyList<string> ControlPlanes { get; }

    /// <summary>Finds a node by what a user typed.</summary>
    /// <param name="node">A node's name, or on a cluster that of its proxy's pod.</param>
    /// <returns>The node.</returns>
    /// <exception cref="ProxyQueryException">The mesh has no such node.</exception>
    string RequireNode(string node);

    /// <summary>Asks, and reads the whole answer.</summary>
    /// <param name="part">Whom.</param>
    /// <param name="request">What.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyQueryException">It does not answer, or refuses.</exception>
    Task<string> AskAsync(MeshPart part, MeshRequest request, CancellationToken cancellationToken);

    /// <summary>Asks, and reads the answer's JSON.</summary>
    /// <param name="part">Whom.</param>
    /// <param name="request">What.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyQueryException">It does not answer, or refuses.</exception>
    Task<JsonElement> AskJsonAsync(MeshPart part, MeshRequest request, CancellationToken cancellationToken);

    /// <summary>Asks for an answer that goes on.</summary>
    /// <param name="part">Whom.</param>
    /// <param name="request">What.</param>
    /// <param name="cancellationToken">Ends the wait for its beginning.</param>
    /// <exception cref="ProxyQueryException">It does not answer, or refuses.</exception>
    Task<Stream> OpenAsync(MeshPart part, MeshRequest request, CancellationToken cancellationToken);

    /// <summary>Reads the resources that the mesh is made of, as if from files.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ManifestSet> ReadResourcesAsync(CancellationToken cancellationToken);

    /// <summary>Asks a node's proxy on its admin port.</summary>
    /// <param name="node">The node.</param>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyQueryException">The proxy does not answer.</exception>
    Task<JsonElement> AskProxyAsync(string node, string path, CancellationToken cancellationToken);

    /// <summary>Asks the control plane on its debug port: every replica, since each proxy is connected to one of them; their lists of proxies are put together.</summary>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyQueryException">The control plane does not answer.</exception>
    Task<JsonElement> AskControlAsync(string path, CancellationToken cancellationToken);
}
