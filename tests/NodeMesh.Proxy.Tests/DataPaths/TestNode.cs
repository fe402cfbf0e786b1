using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Identity;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;
using NodeMesh.Proxy.Tracing;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>One node's data path. The node's own address is on the test process's loopback.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly NetworkNamespaceBroker _broker;
    private readonly string _directory = Directory.CreateTempSubdirectory("nodemesh-proxy-").FullName;
    private readonly CertificateAuthority _authority;
    private readonly EarlyDenials _early = new(TimeProvider.System, NullLoggerFactory.Instance);
    private readonly KernelForwarding? _forwarding;
    private readonly TimeProvider _time;
    private readonly RequestTracer? _tracer;
    private CertificateStore _certificates;
    private DataPath _dataPath;

    public TestNode(string name, IPAddress address, CertificateAuthority authority, NetworkNamespaceBroker broker, MeshState state, bool registryOnly = false, KernelForwarding? forwarding = null, bool isProxied = false, TimeProvider? time = null, RequestTracer? tracer = null)
    {
        _broker = broker;
        _authority = authority;
        _forwarding = forwarding;
        _time = time ?? TimeProvider.System;
        _tracer = tracer;
        State = state;
        Configuration = new ProxyConfiguration
        {
            Node = name,
            NodeAddresses = [address],
            ControlPlane = new Uri("https://127.0.0.1:1"),
            RootCertificate = "",
            TokenFile = "",
            EnrollmentDirectory = _directory,
            RegistryOnly = registryOnly,
            InKernelForwarding = isProxied ? InKernelForwarding.Proxied : InKernelForwarding.Enabled,
            Limits = new ProxyLimits { SyncTimeout = TimeSpan.FromSeconds(1), DrainTimeout = TimeSpan.FromSeconds(2) },
        };
        (_certificates, _dataPath) = Make();
    }

    /// <summary>What the data path is made with at the next <see cref="Recreate"/>.</summary>
    public ProxyConfiguration Configuration { get; set; }

    public MeshState State { get; }

    public RecordingObserver Records { get; private set; } = new();

    /// <summary>What runs beside the data path of pods that are captured after a <see cref="Recreate"/>.</summary>
    public IReadOnlyList<IPodAttachment> Attachments { get; set; } = [];

    public RecordingRequests Requests { get; } = new();

    public RecordingPipeline Pipeline { get; } = new();

    public DataPath DataPath => _dataPath;

    public CertificateStore Certificates => _certificates;

    public Task StartAsync() => _dataPath.StartAsync(CancellationToken.None);

    public async Task EnrollAsync(TestPod pod)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, $"{pod.Uid}.tmp"), JsonSerializer.Serialize(pod.Enrollment, JsonSerializerOptions.Web));
        File.Move(Path.Combine(_directory, $"{pod.Uid}.tmp"), Path.Combine(_directory, $"{pod.Uid}.json"));
        await CapturedAsync(pod);
    }

    public async Task CapturedAsync(TestPod pod)
    {
        var status = Path.Combine(_directory, $"{pod.Uid}.status");
        await Eventually.TrueAsync(
            () => _dataPath.Pods.TryGet(pod.Uid, out var runtime) && runtime.State == Pods.PodState.Captured,
            $"pod {pod.Identity} was not captured: {(File.Exists(status) ? await File.ReadAllTextAsync(status) : "no answer")}");
    }

    public void Withdraw(TestPod pod) => File.Delete(Path.Combine(_directory, $"{pod.Uid}.json"));

    public string? StatusOf(TestPod pod)
    {
        var path = Path.Combine(_directory, $"{pod.Uid}.status");
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>What a crash and a restart leave: the enrolment directory and the rules.</summary>
    public async Task StopAsync()
    {
        await _dataPath.DisposeAsync();
        await _certificates.DisposeAsync();
    }

    public void Recreate()
    {
        Records = new RecordingObserver();
        (_certificates, _dataPath) = Make();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _early.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private (CertificateStore Store, DataPath Path) Make()
    {
        var store = new CertificateStore(
            new TestSigner(_authority, Configuration.Identity, Configuration.NodeIdentity), new CertificateStoreOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        var path = new DataPath(new DataPathParts
        {
            Configuration = Configuration,
            Capture = new IptablesCapture(_broker),
            Forwarding = _forwarding,
            Certificates = store,
            State = State,
            EarlyDenials = _early,
            Observers = [Records],
            RequestObservers = [Requests],
            Tracer = _tracer,
            Attachments = Attachments,
            Pipeline = Pipeline,
            Time = _time,
            Log = NullLoggerFactory.Instance,
        });
        return (store, path);
    }
}
