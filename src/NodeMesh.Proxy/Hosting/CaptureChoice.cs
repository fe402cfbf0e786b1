using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeMesh.Capture;
using NodeMesh.Linux.Bpf;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Proxy.Hosting;

/// <summary>Chooses how pods are captured: as configured, or by eBPF where this machine can and by iptables where it cannot. The choice and its reason are logged.</summary>
/// <param name="configuration">The proxy's configuration.</param>
/// <param name="broker">Makes sockets in namespaces.</param>
/// <param name="log">The log.</param>
internal sealed partial class CaptureChoice(ProxyConfiguration configuration, NetworkNamespaceBroker broker, ILoggerFactory log)
{
    private const string Automatic = "auto";
    private const string Ebpf = "ebpf";

    private readonly ILogger _log = log.CreateLogger<CaptureChoice>();
    private readonly string _name = configuration.CaptureName ?? configuration.Node;

    /// <summary>Chooses, and takes over what an earlier proxy left.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The capture.</returns>
    /// <exception cref="ProxyConfigurationException">The machine cannot do what is configured.</exception>
    public async Task<ICapture> ChooseAsync(CancellationToken cancellationToken)
    {
        if (configuration.Capture is Ebpf or Automatic)
        {
            var (capture, problems) = await TryEbpfAsync(cancellationToken);
            if (capture is not null)
            {
                LogChosen(capture.Name, configuration.Capture == Automatic ? "this kernel has all that it needs" : "it is configured");
                return capture;
            }

            if (configuration.Capture == Ebpf)
            {
                throw new ProxyConfigurationException(string.Join('\n', problems.Select(p => $"capture: ebpf: {p}")));
            }

            foreach (var problem in problems)
            {
                LogFallback(problem);
            }
        }

        return await IptablesAsync(cancellationToken);
    }

    private async Task<(ICapture? Capture, ImmutableArray<string> Problems)> TryEbpfAsync(CancellationToken cancellationToken)
    {
        BpfLog.WriteTo(log.CreateLogger("NodeMesh.Linux.Bpf"));
        var capture = new EbpfCapture(broker, _name, log.CreateLogger<EbpfCapture>());
        var support = await capture.ProbeAsync(cancellationToken);
        if (!support.IsSupported)
        {
            return (null, support.Problems);
        }

        try
        {
            capture.Start();
            return (capture, []);
        }
        catch (CaptureException e)
        {
            capture.Dispose();
            return (null, [e.Message]);
        }
    }

    private async Task<ICapture> IptablesAsync(CancellationToken cancellationToken)
    {
        var capture = new IptablesCapture(broker);
        var support = await capture.ProbeAsync(cancellationToken);
        if (!support.IsSupported)
        {
            throw new ProxyConfigurationException(string.Join('\n', support.Problems));
        }

        LogChosen(capture.Name, configuration.Capture == Automatic ? "eBPF does not work here" : "it is configured");
        try
        {
            // Of an earlier proxy that captured by eBPF: both at once would cut the pods off.
            EbpfCapture.RemoveInstance(_name);
        }
        catch (IOException e)
        {
            throw new ProxyConfigurationException($"capture: iptables: an earlier proxy captured by eBPF, and what it pinned cannot be removed: {e.Message}", e);
        }

        return capture;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "pods are captured by {Capture}: {Reason}")]
    private partial void LogChosen(string capture, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pods are not captured by eBPF: {Problem}")]
    private partial void LogFallback(string problem);
}
