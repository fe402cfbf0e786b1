using System.Net.WebSockets;
using NodeMesh.Kubernetes.Http;

namespace NodeMesh.Kubernetes.Pods;

/// <summary>Logs and ports of the pods of a namespace, through the API server: nothing has to be exposed.</summary>
public sealed class PodClient
{
    private readonly ApiTransport _transport;
    private readonly string _namespace;

    internal PodClient(ApiTransport transport, string ns)
    {
        _transport = transport;
        _namespace = ns;
    }

    /// <summary>Reads a container's log.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="options">Which lines.</param>
    /// <param name="ct">Gives up waiting for the log to begin.</param>
    /// <returns>The log; when it is followed it ends with the container. Disposed by the caller.</returns>
    public async Task<Stream> ReadLogAsync(string pod, PodLogOptions? options = null, CancellationToken ct = default)
    {
        var request = new ApiRequest("get", HttpMethod.Get, KubernetesKinds.Pods.Path(_namespace, pod, "log"))
            .With("container", options?.Container)
            .With("follow", options?.Follow ?? false)
            .With("previous", options?.Previous ?? false)
            .With("timestamps", options?.Timestamps ?? false)
            .With("tailLines", options?.TailLines)
            .With("sinceSeconds", options?.Since is { } since ? (long)Math.Ceiling(since.TotalSeconds) : null)
            .With("limitBytes", options?.LimitBytes);
        var response = await _transport.OpenAsync(request, ct);
        // The response belongs to its stream.
        return await response.Content.ReadAsStreamAsync(ct);
    }

    /// <summary>Connects to a port of a pod, in the pod's own network: one connection of the application, one WebSocket to the API server.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="port">The port.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The connection's bytes. Half-closing is not to be had: the protocol does not know it.</returns>
    /// <exception cref="KubernetesException">There is no such pod, it does not run, or the caller may not.</exception>
    /// <exception cref="KubernetesConnectionException">The API server or the node cannot be reached.</exception>
    public async Task<PortForwardStream> PortForwardAsync(string pod, int port, CancellationToken ct = default)
    {
        var request = new ApiRequest("connect", HttpMethod.Get, KubernetesKinds.Pods.Path(_namespace, pod, "portforward")).With("ports", port);
        var (invoker, address, headers) = await _transport.PrepareWebSocketAsync(request, ct);
        ClientWebSocket? owned = new();
        var socket = owned;
        socket.Options.AddSubProtocol(PortForwardStream.Protocol);
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        foreach (var (name, value) in headers)
        {
            socket.Options.SetRequestHeader(name, value);
        }

        using var timer = new CancellationTokenSource(_transport.Options.RequestTimeout, _transport.Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            await socket.ConnectAsync(address, invoker, either.Token);
            var stream = await PortForwardStream.OpenAsync(socket, $"{_namespace}/{pod}:{port}", either.Token);
            owned = null;
            return stream;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw ApiFailure.TimedOut(_transport.Host, request, _transport.Options.RequestTimeout, e);
        }
        catch (WebSocketException e)
        {
            var status = socket.HttpStatusCode;
            throw status is 0 or System.Net.HttpStatusCode.SwitchingProtocols ? ApiFailure.FromTransport(_transport.Host, e) : await ExplainAsync(request, status, ct);
        }
        finally
        {
            owned?.Dispose();
        }
    }

    /// <summary>A refused upgrade tells its status and not its reason: the same question as an ordinary request does.</summary>
    private async Task<KubernetesException> ExplainAsync(ApiRequest request, System.Net.HttpStatusCode status, CancellationToken ct)
    {
        try
        {
            await _transport.SendAsync(request, ct);
        }
        catch (KubernetesException e) when (e.StatusCode == status || status != System.Net.HttpStatusCode.BadRequest)
        {
            return e;
        }
        catch (KubernetesException)
        {
            // Without an upgrade the question is a bad one: that is no reason.
        }

        return new KubernetesException($"port-forward {request.Path}: {(int)status} {status}", status, new Models.V1Status { Code = (int)status, Reason = status.ToString() });
    }
}
