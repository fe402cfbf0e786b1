using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Local.Layout;
using NodeMesh.Model;

namespace NodeMesh.Cli.Proxy;

/// <summary>Asks HTTP servers inside a mesh's namespaces: sockets are made there, this process stays where it is.</summary>
internal sealed class MeshHttpClient : IMeshAccess
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly LocalMesh _mesh;
    private readonly NetworkNamespaceBroker _broker = new();

    /// <summary>Makes a client.</summary>
    /// <param name="mesh">The mesh.</param>
    public MeshHttpClient(LocalMesh mesh) => _mesh = mesh;

    /// <inheritdoc/>
    public IReadOnlyList<string> Nodes => _mesh.Nodes;

    /// <inheritdoc/>
    public string RequireNode(string node) => _mesh.RequireNode(node);

    /// <inheritdoc/>
    public Task<JsonElement> AskProxyAsync(string node, string path, CancellationToken cancellationToken) => ProxyAsync(HttpMethod.Get, node, path, cancellationToken);

    /// <inheritdoc/>
    public Task<JsonElement> TellProxyAsync(string node, string path, CancellationToken cancellationToken) => ProxyAsync(HttpMethod.Post, node, path, cancellationToken);

    /// <inheritdoc/>
    public Task<JsonElement> AskControlAsync(string path, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Get, _mesh.Name.SwitchNamespace, new IPEndPoint(IPAddress.Parse("172.18.0.1"), MeshPorts.ControlMetrics), path, "the control plane", cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _broker.Dispose();

    private Task<JsonElement> ProxyAsync(HttpMethod method, string node, string path, CancellationToken cancellationToken) => SendAsync(
        method, _mesh.Name.NodeNamespace(node), new IPEndPoint(IPAddress.Loopback, MeshPorts.Admin), path, $"the proxy of {node}", cancellationToken);

    private async Task<JsonElement> SendAsync(HttpMethod method, string networkNamespace, IPEndPoint address, string path, string who, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var ns = NetworkNamespace.Open(MeshLayout.NamespacePath(networkNamespace));
            using var handler = new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(ns, address, token), UseProxy = false };
            using var client = new HttpClient(handler);
            return await MeshAnswer.SendAsync(client, method, new Uri($"http://{address}{path}"), who, limit.Token);
        }
        catch (NetworkNamespaceException e)
        {
            throw new ProxyQueryException($"{who} cannot be asked: {e.Message}; is this root, and is the mesh up ('nodemesh local status --name {_mesh.Name}')?", e);
        }
        catch (HttpRequestException e)
        {
            throw new ProxyQueryException($"{who} does not answer on {address}: {e.InnerException?.Message ?? e.Message}; its log is in {_mesh.Layout.Logs}", e);
        }
        catch (JsonException e)
        {
            throw new ProxyQueryException($"{who} answered {path} with something that is not JSON: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProxyQueryException($"{who} did not answer on {address} within {Limit.TotalSeconds:0} s; its log is in {_mesh.Layout.Logs}", e);
        }
    }

    private async ValueTask<Stream> ConnectAsync(NetworkNamespace ns, IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = await _broker.CreateSocketAsync(ns, address.AddressFamily, SocketType.Stream, ProtocolType.Tcp, cancellationToken);
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
