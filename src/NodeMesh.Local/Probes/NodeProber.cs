using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Tools;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Networking;
using NodeMesh.Local.Pods;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Probes;

/// <summary>
/// Probes as a kubelet does: from the pod's node, over sockets made in the node's namespace and bound to the probe address, which capture rules leave
/// alone. So pods that demand mutual TLS still pass.
/// </summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="broker">Makes sockets in namespaces.</param>
internal sealed class NodeProber(MeshLayout layout, NetworkNamespaceBroker broker) : IProber
{
    /// <inheritdoc/>
    public async Task<string?> ProbeAsync(Pod pod, Container container, Probe probe, CancellationToken cancellationToken)
    {
        try
        {
            return probe switch
            {
                { Exec: { } exec } => await ExecAsync(pod, container, exec, cancellationToken),
                { HttpGet: { } get } => await HttpAsync(pod, container, get, cancellationToken),
                { TcpSocket: { } tcp } => await TcpAsync(pod, container, tcp, cancellationToken),
                { Grpc: { } grpc } => await GrpcAsync(pod, grpc, cancellationToken),
                _ => null,
            };
        }
        catch (Exception e) when (e is SocketException or HttpRequestException or IOException or NetworkNamespaceException or PodConfigException)
        {
            return e.InnerException is SocketException inner ? inner.Message : e.Message;
        }
    }

    /// <summary>Sends one GET; redirects are not followed, certificates are not checked (as a kubelet does not).</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="get">The request.</param>
    /// <param name="cancellationToken">Time is up.</param>
    /// <returns>Null on a status of 200 to 399.</returns>
    public async Task<string?> HttpAsync(Pod pod, Container container, HttpGetAction get, CancellationToken cancellationToken)
    {
        using var client = Client(pod);
        var scheme = get.Scheme == "HTTPS" ? "https" : "http";
        var host = get.Host ?? pod.V4.ToString();
        var path = get.Path is { Length: > 0 } p ? "/" + p.TrimStart('/') : "/";
        using var request = new HttpRequestMessage(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{Port(container, get.Port)}{path}"));
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/nodemesh-local");
        foreach (var header in get.HttpHeaders)
        {
            request.Headers.Remove(header.Name);
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)response.StatusCode is >= 200 and < 400 ? null : $"HTTP status {(int)response.StatusCode}";
    }

    private async Task<string?> ExecAsync(Pod pod, Container container, ExecAction exec, CancellationToken cancellationToken)
    {
        var handle = ContainerHandle.Read(new PodPaths(layout, pod.Uid).Handle(container.Name));
        if (handle is null)
        {
            return "the container does not run";
        }

        var result = await LinuxTool.RunAsync(null, "nsenter", handle.EnterArguments(exec.Command), null, cancellationToken);
        return result.Succeeded ? null : $"exit code {result.ExitCode}: {(result.Error.Length > 0 ? result.Error : result.Output).Trim()}";
    }

    private async Task<string?> TcpAsync(Pod pod, Container container, TcpSocketAction tcp, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(pod, IPAddress.TryParse(tcp.Host, out var host) ? host : pod.V4, Port(container, tcp.Port), cancellationToken);
        return null;
    }

    private async Task<string?> GrpcAsync(Pod pod, GrpcAction grpc, CancellationToken cancellationToken)
    {
        using var client = Client(pod);
        using var request = new HttpRequestMessage(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"http://{pod.V4}:{grpc.Port}/grpc.health.v1.Health/Check"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcHealth.Request(grpc.Service ?? "")),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        using var response = await client.SendAsync(request, cancellationToken);
        return GrpcHealth.Problem(await response.Content.ReadAsByteArrayAsync(cancellationToken), response);
    }

    private HttpClient Client(Pod pod) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
#pragma warning disable CA5359 // A probe asks whether the port answers, as a kubelet's does; it sends nothing that must be kept secret.
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
        ConnectCallback = async (context, token) => new NetworkStream(
            await ConnectAsync(pod, IPAddress.TryParse(context.DnsEndPoint.Host, out var host) ? host : pod.V4, context.DnsEndPoint.Port, token), ownsSocket: true),
    });

    private async Task<Socket> ConnectAsync(Pod pod, IPAddress address, int port, CancellationToken cancellationToken)
    {
        using var ns = NetworkNamespace.Open(pod.Node.NamespacePath(layout.Name));
        var socket = await broker.CreateSocketAsync(ns, address.AddressFamily, SocketType.Stream, ProtocolType.Tcp, cancellationToken);
        try
        {
            socket.Bind(new IPEndPoint(AddressPool.IsV4(address) ? AddressPlan.ProbeV4 : AddressPlan.ProbeV6, 0));
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static int Port(Container container, IntOrString port) =>
        port.Number ?? container.Ports.FirstOrDefault(p => p.Name == port.Name)?.ContainerPort
        ?? throw new PodConfigException($"the probe's port {port} is not one of the container's ports");
}
