using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Proxy.Hosting;

namespace NodeMesh.Proxy.Tests.Hosting;

public sealed class CaptureChoiceTests : IDisposable
{
    private const string Problem = "the root cgroup takes no programs: CONFIG_CGROUP_BPF is off";

    private readonly NetworkNamespaceBroker _broker = new();
    private readonly string _instance = string.Create(CultureInfo.InvariantCulture, $"nmt-{Environment.ProcessId}-choice");

    public void Dispose()
    {
        EbpfCapture.RemoveInstance(_instance);
        _broker.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task Auto_KernelThatCan_IsEbpf()
    {
        var (capture, reason) = await Choice("auto", null).ChooseAsync(TestContext.Current.CancellationToken);

        using var held = capture as IDisposable;
        Assert.Equal("ebpf", capture.Name);
        Assert.Equal("this kernel has all that it needs", reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task Auto_KernelThatCannot_IsIptablesAndSaysWhy()
    {
        var (capture, reason) = await Choice("auto", Problem).ChooseAsync(TestContext.Current.CancellationToken);

        using var held = capture as IDisposable;
        Assert.Equal("iptables", capture.Name);
        Assert.Equal(CaptureChoice.FallbackReason + Problem, reason);
        Assert.False(Directory.Exists(Path.Combine(EbpfCapture.DefaultRoot, "v1", _instance)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Ebpf_KernelThatCannot_IsRefusedWithWhatIsMissing()
    {
        var error = await Assert.ThrowsAsync<ProxyConfigurationException>(() => Choice("ebpf", Problem).ChooseAsync(TestContext.Current.CancellationToken));

        Assert.Contains(Problem, error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Iptables_AfterAProxyWithEbpfAndNoPods_LeavesNoPins()
    {
        using (var earlier = new EbpfCapture(_broker, _instance, NullLogger.Instance))
        {
            earlier.Start();
        }

        var (capture, reason) = await Choice("iptables", null).ChooseAsync(TestContext.Current.CancellationToken);

        using var held = capture as IDisposable;
        Assert.Equal(("iptables", "it is configured"), (capture.Name, reason));
        Assert.False(Directory.Exists(Path.Combine(EbpfCapture.DefaultRoot, "v1", _instance)));
    }

    private CaptureChoice Choice(string capture, string? problem) => new(
        new ProxyConfiguration
        {
            Node = "node-1",
            NodeAddresses = [IPAddress.Loopback],
            ControlPlane = new Uri("https://127.0.0.1:15012"),
            RootCertificate = "/none",
            TokenFile = "/none",
            EnrollmentDirectory = "/none",
            Capture = capture,
            CaptureName = _instance,
        },
        _broker,
        NullLoggerFactory.Instance,
        problem is null ? null : _ => ValueTask.FromResult(new CaptureSupport([problem])));
}
