using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Proxy.Hosting;

/// <summary><c>nodemesh-proxy --probe-capture ebpf</c>: says what this machine lacks for eBPF capture, before anything depends on it.</summary>
internal static class CaptureProbe
{
    /// <summary>Tries.</summary>
    /// <param name="output">Gets one line for each thing that is missing.</param>
    /// <returns>The exit code: 0 when nothing is.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        using var broker = new NetworkNamespaceBroker();
        using var capture = new EbpfCapture(broker, "probe", NullLogger.Instance);
        var support = await capture.ProbeAsync(CancellationToken.None);
        foreach (var problem in support.Problems)
        {
            await output.WriteLineAsync(problem);
        }

        return support.IsSupported ? 0 : 1;
    }
}
