using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeMesh.Agent.Cni;
using NodeMesh.Agent.Enrollment;
using NodeMesh.Agent.Events;
using NodeMesh.Agent.Installation;
using NodeMesh.Agent.Membership;
using NodeMesh.Agent.Probes;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Configuration;

namespace NodeMesh.Agent.Hosting;

/// <summary>The composition root: makes everything, runs it until it is told to stop, and cleans up if it is not to come back.</summary>
/// <param name="options">What it was told.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class AgentHost(AgentOptions options, TimeProvider time, ILoggerFactory log)
{
    private const string Name = "nodemesh-agent";

    /// <summary>How often everything is compared with what it should be, rules that somebody may have flushed too.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>Labels of many pods change at once: one look for all.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _log = log.CreateLogger<AgentHost>();

    // A signal needs no memory of how often it was given.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private DaemonSetWatch? _daemonSet;
    private volatile string? _reconcileProblem = "the enrolments have not been looked at yet";

    /// <summary>The agent knows the DaemonSet that it belongs to.</summary>
    internal bool KnowsItsDaemonSet => Volatile.Read(ref _daemonSet)?.HasBeenSeen == true;

    /// <summary>Runs the agent.</summary>
    /// <param name="stopping">Stops it.</param>
    /// <returns>When it has stopped.</returns>
    /// <exception cref="KubeConfigException">The way to the API server cannot be found out.</exception>
    /// <exception cref="IOException">A file or address cannot be used.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var files = new EnrollmentFiles(options.EnrollmentDirectory);
        using var client = new KubernetesClient(
            options.Kubeconfig is { } file ? KubernetesClientConfiguration.BuildConfigFromConfigFile(file) : KubernetesClientConfiguration.BuildDefaultConfig(),
            new KubernetesClientOptions { UserAgent = Name, FieldManager = Name, LoggerFactory = log, Time = time });
        await using var pods = new NodePods(client, options.Node);
        await using var daemonSet = new DaemonSetWatch(client, options.MeshNamespace, options.DaemonSet);
        var events = new PodEvents(client, options.Node, time, log.CreateLogger<PodEvents>());
        using var reconciler = new EnrollmentReconciler(
            pods.List, files, options.ProbeRules ? new ProbeRules() : null, events, options, time, log.CreateLogger<EnrollmentReconciler>());
        var installer = Installer();
        var watch = new ProxyWatch(options.ProxyReadiness, reconciler.Enrolled, events, options.Node, time, log.CreateLogger<ProxyWatch>());
        string? NotReady() => pods.HasSynced ? _reconcileProblem : $"the pods of {options.Node} are not known yet: {pods.LastError ?? "the API server has not answered"}";
        string? Pending() => NotReady() ?? (options.InstallCni ? installer.Problem : null);
        var handler = new CniHandler(pods, reconciler, options.ExcludeNamespaces, NotReady, log.CreateLogger<CniHandler>());

        pods.Start(() => _signals.Writer.TryWrite(true));
        daemonSet.Start();
        Volatile.Write(ref _daemonSet, daemonSet);
        await using var readiness = await AgentServer.ServeReadinessAsync(options, Pending, log, stopping);
        await using var server = await AgentServer.ServeCniAsync(options.Socket, handler.AnswerAsync, log, stopping);
        LogStarted(options.Node);
        using var background = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await RunLoopsAsync(
        [
            ct => ReconcileAsync(pods, reconciler, ct),
            events.RunAsync,
            watch.RunAsync,
            .. options.InstallCni ? (Func<CancellationToken, Task>[])[installer.RunAsync] : [],
        ],
        background);
        if (await daemonSet.IsGoneAsync(CancellationToken.None))
        {
            LogUninstalling(options.MeshNamespace, options.DaemonSet);
            await new Uninstaller(options, files, installer, time, log.CreateLogger<Uninstaller>()).RunAsync(CancellationToken.None);
        }
    }

    /// <summary>Removes everything from this host.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>True when nothing is left.</returns>
    public Task<bool> UninstallAsync(CancellationToken ct) =>
        new Uninstaller(options, new EnrollmentFiles(options.EnrollmentDirectory), Installer(), time, log.CreateLogger<Uninstaller>()).RunAsync(ct);

    private CniInstaller Installer() => new(
        new PluginProgram(Path.Combine(AppContext.BaseDirectory, ConflistEditor.PluginType), options.CniBinDirectory),
        new CniDirectory(options.CniConfDirectory, options.HostSocket, options.ExcludeNamespaces),
        options.CniConfDirectory,
        time,
        log.CreateLogger<CniInstaller>());

    /// <summary>All run until told to stop; a fault of one ends all, since an agent that does half of its work looks like one that does all of it.</summary>
    private static async Task RunLoopsAsync(IEnumerable<Func<CancellationToken, Task>> loops, CancellationTokenSource stop)
    {
        var tasks = loops.Select(l => l(stop.Token)).ToList();
        try
        {
            await await Task.WhenAny(tasks);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReconcileAsync(NodePods pods, EnrollmentReconciler reconciler, CancellationToken ct)
    {
        await pods.WaitForSyncAsync(ct);
        await using var timer = time.CreateTimer(_ => _signals.Writer.TryWrite(true), null, TimeSpan.Zero, Period);
        var verified = time.GetTimestamp();
        await foreach (var _ in _signals.Reader.ReadAllAsync(ct))
        {
            await Task.Delay(Settle, time, ct);
            var verify = time.GetElapsedTime(verified) >= Period;
            verified = verify ? time.GetTimestamp() : verified;
            try
            {
                await reconciler.ReconcileAsync(verify, ct);
                _reconcileProblem = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _reconcileProblem = e.Message;
                LogNotReconciled(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "started: node {Node}")]
    private partial void LogStarted(string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the enrolments could not be brought up to date, and will be tried again: {Reason}")]
    private partial void LogNotReconciled(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "the DaemonSet {Namespace}/{Name} is gone: removing everything from this node")]
    private partial void LogUninstalling(string @namespace, string name);
}
