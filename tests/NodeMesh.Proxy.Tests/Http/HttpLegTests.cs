using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Model;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>Requests whose connections pass TCP by between the applications and the proxy.</summary>
public sealed class HttpLegTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly int[] Sizes = [1, 5_000, 300_000];

    [Theory]
    [InlineData("1.1", 1, 2)]
    [InlineData("2.0", 1, 2)]
    [InlineData("1.1", 2, 1)]
    public async Task Requests_OnKeptConnections_MoveInTheKernelAndStayWhole(string version, int serverNode, int legs)
    {
        await using var forwarding = await KernelForwarding.StartAsync(NullLogger.Instance, TestContext.Current.CancellationToken);
        await using (var mesh = await HttpMesh.CreateAsync(serverNode: serverNode, protocol: version == "2.0" ? AppProtocol.Http2 : AppProtocol.Http11, forwarding: forwarding))
        {
            await using (await HttpServerApp.StartAsync(mesh.Server, EchoAsync, version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1))
            using (var client = mesh.NewClient(Version.Parse(version)))
            {
                using var limit = new CancellationTokenSource(Limit);
                while (ActiveLegs(mesh) < legs)
                {
                    await EchoesAsync(client, 10, limit.Token);
                }

                var (received, sent) = Counts(mesh);
                foreach (var size in Sizes)
                {
                    await EchoesAsync(client, size, limit.Token);
                }

                Assert.Equal(legs, ActiveLegs(mesh));
                Assert.InRange(Counts(mesh).Received - received, Sizes.Sum(), 2 * Sizes.Sum());
                Assert.InRange(Counts(mesh).Sent - sent, Sizes.Sum(), 2 * Sizes.Sum());
            }

            await Eventually.TrueAsync(() => forwarding.CountEntries() == default, "a map has entries of connections that have ended");
        }
    }

    [Fact]
    public async Task Client_ThatGoesAwayOnALeg_EndsItsRequest()
    {
        await using var forwarding = await KernelForwarding.StartAsync(NullLogger.Instance, TestContext.Current.CancellationToken);
        await using var mesh = await HttpMesh.CreateAsync(forwarding: forwarding);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await HttpServerApp.StartAsync(mesh.Server, async context =>
        {
            if (context.Request.Path == "/slow")
            {
                context.RequestAborted.Register(() => aborted.TrySetResult());
                begun.TrySetResult();
                await aborted.Task;
            }
        });
        using var socket = await mesh.ConnectAsync();
        using var limit = new CancellationTokenSource(Limit);
        while (ActiveLegs(mesh) < 2)
        {
            await SendAsync(socket, "/");
            await HttpMesh.ReadUntilAsync(socket, "\r\n\r\n");
            limit.Token.ThrowIfCancellationRequested();
        }

        await SendAsync(socket, "/slow");
        await begun.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        socket.Dispose();

        await aborted.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    private static Task<int> SendAsync(Socket socket, string path) =>
        socket.SendAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {HttpMesh.Host}\r\n\r\n"));

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentLength = context.Request.ContentLength;
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static async Task EchoesAsync(HttpClient client, int size, CancellationToken cancellationToken)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        using var content = new ByteArrayContent(bytes);
        using var response = await client.PostAsync(new Uri("/", UriKind.Relative), content, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    private static int ActiveLegs(HttpMesh mesh) => Outbound(mesh).Sum(c => c.Bytes.ActiveLegs);

    /// <summary>Of the client's own connection.</summary>
    private static (long Received, long Sent) Counts(HttpMesh mesh) =>
        Outbound(mesh).Single(c => c.Destination.Address.Equals(TestMesh.Vip)).Bytes is var bytes ? (bytes.Received, bytes.Sent) : default;

    private static IEnumerable<ConnectionRecord> Outbound(HttpMesh mesh) =>
        mesh.Mesh.Node1.DataPath.Connections.Live.Where(c => c is { Direction: ConnectionDirection.Outbound, Ended: null });
}
