using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Agent.Hosting;
using NodeMesh.Agent.Installation;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Model;

namespace NodeMesh.Agent.Tests.Fixtures;

/// <summary>An agent with a node's directories of its own, its real plugin, and a proxy that says what the test wants.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _proxyReadiness = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopProxy = new();
    private readonly Task _proxy;
    private AgentHost? _host;
    private CancellationTokenSource _stop = new();
    private Task _agent = Task.CompletedTask;

    public AgentProcess(AgentCluster cluster)
    {
        _proxyReadiness.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _proxyReadiness.Listen();
        Directory.CreateDirectory(PathOf("conf"));
        File.WriteAllText(ConflistPath, Installation.Conflists.Ptp);
        Options = new AgentOptions
        {
            Node = AgentCluster.Unique("node"),
            Kubeconfig = cluster.WriteKubeconfig(PathOf("kubeconfig")),
            RunDirectory = PathOf("run"),
            HostRunDirectory = PathOf("run"),
            NamespaceDirectory = "/run/netns",
            CniBinDirectory = PathOf("bin"),
            CniConfDirectory = PathOf("conf"),
            ReadinessListen = new IPEndPoint(IPAddress.Loopback, 0),
            ProxyReadiness = (IPEndPoint)_proxyReadiness.LocalEndPoint!,
            ProbeRules = false,
            CaptureName = AgentCluster.Unique("nmt-agent"),
            CaptureTimeout = TimeSpan.FromSeconds(6),
            DaemonSet = AgentCluster.Unique("nodemesh-proxy"),
            MeshNamespace = "default",
        };
        Directory.CreateDirectory(Options.EnrollmentDirectory);
        _proxy = Task.Run(AnswerAsync);
    }

    public AgentOptions Options { get; }

    public string ConflistPath => Path.Combine(PathOf("conf"), "10-ptp.conflist");

    public string PluginPath => Path.Combine(Options.CniBinDirectory, ConflistEditor.PluginType);

    /// <summary>False while the proxy is away.</summary>
    public bool ProxyRuns { get; set; } = true;

    /// <summary>Why the proxy captures no pod; null when it does.</summary>
    public string? ProxyError { get; set; }

    public async Task<AgentProcess> StartAsync()
    {
        _stop = new CancellationTokenSource();
        _host = new AgentHost(Options, TimeProvider.System, NullLoggerFactory.Instance);
        _agent = _host.RunAsync(_stop.Token);
        await Eventually.TrueAsync(() => _agent.IsCompleted || (File.Exists(Options.Socket) && File.Exists(PluginPath) && File.ReadAllText(ConflistPath).Contains(ConflistEditor.PluginType, StringComparison.Ordinal)), "the agent has started");
        if (_agent.IsCompleted)
        {
            await _agent;
        }

        return this;
    }

    public Task UntilItKnowsItsDaemonSetAsync() => Eventually.TrueAsync(() => _host!.KnowsItsDaemonSet, "the agent knows its DaemonSet");

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _agent;
    }

    public PodEnrollment? Enrollment(string uid)
    {
        try
        {
            return JsonSerializer.Deserialize<PodEnrollment>(File.ReadAllText(Path.Combine(Options.EnrollmentDirectory, uid + ".json")), Json);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public Task UntilEnrolledAsync(string uid, bool enrolled = true) =>
        Eventually.TrueAsync(() => Enrollment(uid) is not null == enrolled, enrolled ? "the pod is enrolled" : "the pod has left");

    /// <summary>Runs the installed plugin as a container runtime does.</summary>
    public async Task<(int Exit, string Output)> CniAsync(string command, string ns, string name, string uid, string netns, string address)
    {
        var start = new ProcessStartInfo(PluginPath) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["CNI_COMMAND"] = command;
        start.Environment["CNI_CONTAINERID"] = "c1";
        start.Environment["CNI_NETNS"] = netns;
        start.Environment["CNI_IFNAME"] = "eth0";
        start.Environment["CNI_ARGS"] = string.Create(CultureInfo.InvariantCulture, $"IgnoreUnknown=1;K8S_POD_NAMESPACE={ns};K8S_POD_NAME={name};K8S_POD_UID={uid}");
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(
            $$$"""{"cniVersion":"0.4.0","name":"km","type":"nodemesh-cni","socket":"{{{Options.Socket}}}","excludeNamespaces":["kube-system"],"prevResult":{"cniVersion":"0.4.0","ips":[{"version":"4","address":"{{{address}}}/24"}]}}""");
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync(Eventually.Limit);
        return (process.ExitCode, output);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _agent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopProxy.CancelAsync();
        await _proxy.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _proxyReadiness.Dispose();
        _folder.Dispose();
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private async Task AnswerAsync()
    {
        while (!_stopProxy.IsCancellationRequested)
        {
            await Task.Delay(10, _stopProxy.Token);
            if (!ProxyRuns || !Directory.Exists(Options.EnrollmentDirectory))
            {
                continue;
            }

            foreach (var status in Directory.EnumerateFiles(Options.EnrollmentDirectory, "*.status").Where(f => !File.Exists(Path.ChangeExtension(f, ".json"))))
            {
                File.Delete(status);
            }

            foreach (var uid in Directory.EnumerateFiles(Options.EnrollmentDirectory, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)))
            {
                if (Enrollment(uid) is { } pod)
                {
                    var status = Path.Combine(Options.EnrollmentDirectory, uid + ".status");
                    await File.WriteAllTextAsync(status + ".tmp", JsonSerializer.Serialize(new PodEnrollmentStatus(uid, ProxyError is null, "ebpf", ProxyError, pod.NetworkNamespace), Json));
                    File.Move(status + ".tmp", status, overwrite: true);
                }
            }
        }
    }
}
