using System.Diagnostics;

namespace NodeMesh.Cli.Demo;

/// <summary>tcpdump on a node's device towards the other nodes.</summary>
internal sealed class WireCapture : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _file;

    private WireCapture(Process process, string file)
    {
        _process = process;
        _file = file;
    }

    /// <summary>Starts a capture and waits until it captures.</summary>
    /// <param name="networkNamespace">The path of the node's network namespace.</param>
    /// <param name="device">The device.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DemoException">tcpdump does not start.</exception>
    public static async Task<WireCapture> StartAsync(string networkNamespace, string device, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetTempPath(), $"nodemesh-demo-{Guid.NewGuid():N}.pcap");

        // -Z root: as another user tcpdump may not write there. --immediate-mode and -U: a packet is in the file when it has passed.
        var start = new ProcessStartInfo("nsenter", [$"--net={networkNamespace}", "--", "tcpdump", "-Z", "root", "-i", device, "-nn", "-U", "--immediate-mode", "-s", "0", "-w", file, "tcp"])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        var capture = new WireCapture(Process.Start(start)!, file);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        var said = "";
        while (await capture._process.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            said = line;
            if (line.Contains("listening on", StringComparison.Ordinal))
            {
                return capture;
            }
        }

        await capture.DisposeAsync();
        throw new DemoException($"tcpdump does not capture on {device} in {networkNamespace}: {said}");
    }

    /// <summary>What was captured so far.</summary>
    public async Task<PacketCapture> ReadAsync(CancellationToken cancellationToken) => PacketCapture.Read(await File.ReadAllBytesAsync(_file, cancellationToken));

    /// <summary>Ends the capture and removes its file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        _process.Dispose();
        File.Delete(_file);
    }
}
