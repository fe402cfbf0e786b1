using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>Joins client and endpoint once both have changed to another protocol (101), as WebSocket: bytes both ways until one of them ends.</summary>
internal static class UpgradedTunnel
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Runs it to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The endpoint's 101.</param>
    /// <returns>When one of the two has ended.</returns>
    public static async Task RunAsync(MeshRequest request, HttpResponseMessage response)
    {
        await using var endpoint = await response.Content.ReadAsStreamAsync(request.Cancellation);
        await using var client = await AcceptAsync(request);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(request.Cancellation);
        var record = request.Record;
        var up = CopyAsync(client, endpoint, n => record.UpgradedReceived += n, stop.Token);
        var down = CopyAsync(endpoint, client, n => record.BytesSent += n, stop.Token);
        await Task.WhenAny(up, down);

        // Neither engine can end one direction of an upgraded connection alone.
        await stop.CancelAsync();
        await up.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await down.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async ValueTask<Stream> AcceptAsync(MeshRequest request) => request.ConnectProtocol is null
        ? await request.Http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync()
        : await request.Http.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();

    private static async Task CopyAsync(Stream from, Stream to, Action<int> count, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Holds no buffer while nothing comes: most sockets of this kind are silent.
            _ = await from.ReadAsync(Memory<byte>.Empty, cancellationToken);
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                var read = await from.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                {
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await to.FlushAsync(cancellationToken);
                count(read);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
