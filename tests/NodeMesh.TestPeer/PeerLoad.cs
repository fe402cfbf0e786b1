using System.Diagnostics;
using System.Net.Sockets;

namespace NodeMesh.TestPeer;

/// <summary>Many connections, or one for long; prints what failed.</summary>
internal static class PeerLoad
{
    /// <summary>Opens all connections, keeps them open together, echoes on each while all are open, closes.</summary>
    public static async Task<int> StormAsync(string host, int port, int count)
    {
        var sockets = new List<Socket>();
        try
        {
            foreach (var batch in Enumerable.Range(0, count).Chunk(100))
            {
                sockets.AddRange(await Task.WhenAll(batch.Select(_ => PeerClient.ConnectAsync(host, port))));
            }

            var results = await Task.WhenAll(sockets.Select((s, i) => EchoAsync(s, $"echo-{i}")));
            await Console.Out.WriteLineAsync($"ok {results.Count(ok => ok)} of {count}");
            return results.Count(ok => ok) == count ? 0 : 1;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"error after {sockets.Count}: {e.Message}");
            return 1;
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    /// <summary>Opens connection after connection, four at a time, for so many seconds; any error counts.</summary>
    public static async Task<int> LoadAsync(string host, int port, int seconds)
    {
        var end = Stopwatch.StartNew();
        var (ok, failed) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async worker =>
        {
            while (end.Elapsed.TotalSeconds < seconds)
            {
                try
                {
                    using var socket = await PeerClient.ConnectAsync(host, port);
                    _ = await EchoAsync(socket, $"load-{worker}") ? Interlocked.Increment(ref ok) : Interlocked.Increment(ref failed);
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    Interlocked.Increment(ref failed);
                    await Console.Error.WriteLineAsync($"error: {e.Message}");
                    await Task.Delay(20);
                }
            }
        }));
        await Console.Out.WriteLineAsync($"ok {ok} failed {failed}");
        return failed == 0 && ok > 0 ? 0 : 1;
    }

    /// <summary>Holds one connection and echoes on it ten times a second; prints when and how it ends before its time.</summary>
    public static async Task<int> HoldAsync(string host, int port, int seconds)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            using var socket = await PeerClient.ConnectAsync(host, port);
            await Console.Out.WriteLineAsync("open");
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                if (!await EchoAsync(socket, "hold"))
                {
                    await Console.Out.WriteLineAsync($"closed after {clock.ElapsedMilliseconds} ms");
                    return 1;
                }

                await Task.Delay(100);
            }

            await Console.Out.WriteLineAsync("held");
            return 0;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            await Console.Out.WriteLineAsync($"closed after {clock.ElapsedMilliseconds} ms: {e.Message}");
            return 1;
        }
    }

    private static async Task<bool> EchoAsync(Socket socket, string text)
    {
        // The first line of a connection chooses what the server does; from then on it sends back what comes.
        await PeerStream.WriteLineAsync(socket, "echo");
        await PeerStream.WriteLineAsync(socket, text);
        while (await PeerStream.ReadLineAsync(socket) is { Length: > 0 } line)
        {
            if (line == text)
            {
                return true;
            }
        }

        return false;
    }
}
