using System.Text.Json;
using System.Threading.Channels;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Tap;

/// <summary>Taps every node's proxy at once, and prints what comes.</summary>
/// <param name="mesh">The mesh.</param>
/// <param name="output">Takes the events.</param>
/// <param name="errors">Takes what else is to be said.</param>
/// <param name="json">Prints events as the proxies write them.</param>
internal sealed class TapSession(IMeshAccess mesh, TextWriter output, TextWriter errors, bool json)
{
    private readonly Channel<(string Node, string? Line)> _lines = Channel.CreateBounded<(string, string?)>(256);

    /// <summary>Prints until told to stop, so many events have come, or no proxy goes on.</summary>
    /// <param name="path">The request for a proxy.</param>
    /// <param name="most">How many events; 0: any number.</param>
    /// <param name="ct">Stops; that is how a tap usually ends.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="ProxyQueryException">No proxy can be tapped.</exception>
    public async Task<int> RunAsync(string path, int most, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var streams = await OpenAsync(path, ct);
        var readers = streams.Select(s => ReadAsync(s.Node, s.Stream, stop.Token)).ToList();
        var all = CompleteAsync(readers);
        try
        {
            await PrintAsync(most, ct);
            return 0;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var (_, stream) in streams)
            {
                await stream.DisposeAsync();
            }

            await all;
        }
    }

    private async Task<List<(string Node, Stream Stream)>> OpenAsync(string path, CancellationToken ct)
    {
        var streams = new List<(string, Stream)>();
        ProxyQueryException? failure = null;
        foreach (var node in mesh.Nodes)
        {
            try
            {
                streams.Add((node, await mesh.OpenAsync(new MeshPart(MeshPort.Admin, node), MeshRequest.Get(path), ct)));
            }
            catch (ProxyQueryException e)
            {
                failure = e;
                await errors.WriteLineAsync(e.Message);
            }
        }

        return streams.Count > 0 ? streams : throw failure ?? new ProxyQueryException($"{mesh.Title} has no proxy that could be tapped");
    }

    private async Task ReadAsync(string node, Stream stream, CancellationToken ct)
    {
        using var reader = new StreamReader(stream);
        try
        {
            while (await reader.ReadLineAsync(ct) is { } line)
            {
                if (line.Length > 0)
                {
                    await _lines.Writer.WriteAsync((node, line), ct);
                }
            }

            await _lines.Writer.WriteAsync((node, null), ct);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            if (!ct.IsCancellationRequested)
            {
                await _lines.Writer.WriteAsync((node, null), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task CompleteAsync(List<Task> readers)
    {
        await Task.WhenAll(readers);
        _lines.Writer.TryComplete();
    }

    private async Task PrintAsync(int most, CancellationToken ct)
    {
        var printed = 0;
        await foreach (var (node, line) in _lines.Reader.ReadAllAsync(ct))
        {
            if (line is null)
            {
                await errors.WriteLineAsync($"the proxy of {node} ended its tap: it stops, or cannot be reached any more");
                continue;
            }

            using var item = JsonDocument.Parse(line);
            var kind = item.RootElement.Text("event");
            if (kind is "tapping")
            {
                await errors.WriteLineAsync($"tapping {node}");
            }
            else if (kind is "dropped")
            {
                await errors.WriteLineAsync($"{item.RootElement.Text("count")} events of {node} were lost: more came than could be shown; filter for less");
            }
            else
            {
                await output.WriteLineAsync(json ? line : TapLine.Of(item.RootElement));
                if (++printed == most)
                {
                    return;
                }
            }
        }
    }
}
