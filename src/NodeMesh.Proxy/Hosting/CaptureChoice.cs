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
/// <param name="probe">Finds out whether this machine can capture by eBPF; null for trying it.</param>
internal sealed partial class CaptureChoice(
    ProxyConfiguration configuration, NetworkNamespaceBroker broker, ILoggerFactory log, Func<CancellationToken, ValueTask<CaptureSupport>>? probe = null)
{
    /// <summary>How the reason begins when eBPF was wanted and cannot be had.</summary>
    public const string FallbackReason = "eBPF does not work here: ";

    private const string Automatic = "auto";
    private const string Ebpf = "ebpf";

    private readonly ILogger _log = log.CreateLogger<CaptureChoice>();
    private readonly string _name = configuration.CaptureName ?? configuration.Node;

    /// <summary>Chooses, and takes over what an earlier proxy left.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The capture, and why it is this one.</returns>
    /// <exception cref="ProxyConfigurationException">The machine cannot do what is configured.</exception>
    public async Task<(ICapture Capture, string Reason)> ChooseAsync(CancellationToken cancellationToken)
    {
        var reason = "it is configured";
        if (configuration.Capture is Ebpf or Automatic)
        {
            var (capture, problems) = await TryEbpfAsync(cancellationToken);
            if (capture is not null)
            {
                reason = configuration.Capture == Automatic ? "this kernel has all that it needs" : reason;
                LogChosen(capture.Name, reason);
                return (capture, reason);
            }

            if (configuration.Capture == Ebpf)
            {
                throw new ProxyConfigurationException(string.Join('\n', problems.Select(p => $"capture: ebpf: {p}")));
            }

            foreach (var problem in problems)
            {
                LogFallback(problem);
            }

            reason = FallbackReason + string.Join("; ", problems);
        }

        var iptables = await IptablesAsync(cancellationToken);
        LogChosen(iptables.Name, reason);
        return (iptables, reason);
    }

    private async Task<(ICapture? Capture, ImmutableArray<string> Problems)> TryEbpfAsync(CancellationToken cancellationToken)
    {
        BpfLog.WriteTo(log.CreateLogger("NodeMesh.Linux.Bpf"));
        var capture = new EbpfCapture(broker, _name, log.CreateLogger<EbpfCapture>());
        var support = await (probe ?? capture.ProbeAsync)(cancellationToken);
        if (!support.IsSupported)
        {
            capture.Dispose();
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
        using var probed = new IptablesCapture(broker);
        var support = await probed.ProbeAsync(cancellationToken);
        if (!support.IsSupported)
        {
            throw new ProxyConfigurationException(string.Join('\n', support.Problems));
        }

        try
        {
            // Of an earlier proxy that captured by eBPF: its pods stay closed until their rules are there.
            return new IptablesCapture(broker, OpenEarlier());
        }
        catch (IOException e)
        {
            throw new ProxyConfigurationException($"capture: iptables: an earlier proxy captured by eBPF, and what it pinned cannot be removed: {e.Message}", e);
        }
    }

    private EarlierCapture? OpenEarlier()
    {
        try
        {
            return EarlierCapture.Open(broker, _name, log.CreateLogger<EbpfCapture>());
        }
        catch (CaptureException e)
        {
            // This kernel cannot take over what it runs: of another version, most likely. Pods are open until they are captured again.
            LogNotTakenOver(e.Message);
            EbpfCapture.RemoveInstance(_name);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "pods are captured by {Capture}: {Reason}")]
    private partial void LogChosen(string capture, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "what an earlier proxy captured by eBPF is removed, not taken over; its pods are open until they are captured again: {Problem}")]
    private partial void LogNotTakenOver(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pods are not captured by eBPF: {Problem}")]
    private partial void LogFallback(string problem);
}
