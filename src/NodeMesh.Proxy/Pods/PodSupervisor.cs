using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeMesh.Capture;
using NodeMesh.Identity;
using NodeMesh.Model;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Pods;

/// <summary>
/// Follows the enrolment directory: captures pods that join, tries again where that fails, answers each enrolment, and drains and releases pods that
/// leave. When the proxy stops, the capture itself stays, so that no pod's traffic leaves in the clear meanwhile.
/// </summary>
internal sealed partial class PodSupervisor : BackgroundService, IReadinessCheck
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(250);

    /// <summary>For so long a pod that has left the mesh and lives on is served: its peers hear of it later, and what was redirected may not have been accepted yet.</summary>
    private static readonly TimeSpan LeaveGrace = TimeSpan.FromSeconds(5);

    private readonly EnrollmentDirectory _directory;
    private readonly ICapture _capture;
    private readonly PodRegistry _pods;
    private readonly CertificateStore _certificates;
    private readonly PodServer _server;
    private readonly PeerTunnelFactory _peerTunnels;
    private readonly ConnectionRegistry _connections;
    private readonly IReadOnlyList<IPodAttachment> _attachments;
    private readonly ProxyConfiguration _configuration;
    private readonly IPipelineObserver? _observer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dictionary<string, PodSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private volatile bool _synced;
    private bool _stopping;

    /// <summary>Makes the supervisor.</summary>
    /// <param name="directory">The enrolment directory.</param>
    /// <param name="capture">How pods are captured.</param>
    /// <param name="pods">Where the pods are listed.</param>
    /// <param name="certificates">Gets the pods' identities.</param>
    /// <param name="server">Serves captured pods.</param>
    /// <param name="peerTunnels">Makes each pod's tunnels to plain ambient peers.</param>
    /// <param name="connections">The live connections.</param>
    /// <param name="attachments">What else runs for each pod.</param>
    /// <param name="configuration">The proxy's configuration.</param>
    /// <param name="observer">Counts pods; null for nobody.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where pods' fates are told.</param>
    public PodSupervisor(
        EnrollmentDirectory directory,
        ICapture capture,
        PodRegistry pods,
        CertificateStore certificates,
        PodServer server,
        PeerTunnelFactory peerTunnels,
        ConnectionRegistry connections,
        IReadOnlyList<IPodAttachment> attachments,
        ProxyConfiguration configuration,
        IPipelineObserver? observer,
        TimeProvider time,
        ILogger<PodSupervisor> log)
    {
        _directory = directory;
        _capture = capture;
        _pods = pods;
        _certificates = certificates;
        _server = server;
        _peerTunnels = peerTunnels;
        _connections = connections;
        _attachments = attachments;
        _configuration = configuration;
        _observer = observer;
        _time = time;
        _log = log;
    }

    /// <inheritdoc/>
    public string Name => "pods";

    /// <inheritdoc/>
    public string? Pending()
    {
        if (!_synced)
        {
            return $"the enrolment directory {_configuration.EnrollmentDirectory} has not been read yet";
        }

        var waiting = _pods.Pods.Where(p => p.State == PodState.Pending).ToList();
        return waiting.Count == 0
            ? null
            : $"{waiting.Count} enrolled pods are not captured, such as {waiting[0].Pod.Namespace}/{waiting[0].Pod.Name}: {waiting[0].Error ?? "under way"}";
    }

    /// <summary>Stops accepting connections of all pods; those that are open go on.</summary>
    public void StopAccepting()
    {
        foreach (var session in Sessions())
        {
            session.StopAccepting();
        }
    }

    /// <summary>Ends all pods' sessions. Rules stay in place.</summary>
    /// <returns>When all have ended.</returns>
    public async Task CloseAsync()
    {
        List<PodSession> sessions;
        lock (_gate)
        {
            _stopping = true;
            sessions = [.. _sessions.Values];
        }

        foreach (var session in sessions)
        {
            session.Close();
        }

        await Task.WhenAll(sessions.Select(s => s.Completion));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A directory that cannot be listed for a while: pods stay as they are, and none may be missed afterwards.
                LogWatchFailed(e, _configuration.EnrollmentDirectory, RetryPause);
            }

            await Task.Delay(RetryPause, _time, stoppingToken);
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in _directory.WatchAsync(stoppingToken))
        {
            switch (change.Kind)
            {
                case EnrollmentChangeKind.Synced:
                    await SyncedAsync(stoppingToken);
                    break;
                case EnrollmentChangeKind.Added or EnrollmentChangeKind.Changed when change.Pod is { } pod:
                    Start(pod);
                    break;
                case EnrollmentChangeKind.Removed:
                    Find(change.Uid)?.Leave();
                    break;
            }
        }
    }

    private PodSession? Find(string uid)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(uid);
        }
    }

    private List<PodSession> Sessions()
    {
        lock (_gate)
        {
            return [.. _sessions.Values];
        }
    }

    private void Start(PodEnrollment pod)
    {
        NoteEnrolled(pod);
        PodRuntime runtime;
        try
        {
            runtime = new PodRuntime(pod, _configuration.TrustDomain);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            LogRefused(pod.Uid, e.Message);
            _ = AnswerAsync(new PodEnrollmentStatus(pod.Uid, false, _capture.Name, $"enrolment {pod.Uid}: {e.Message}", pod.NetworkNamespace));
            return;
        }

        PodSession? old;
        var session = new PodSession(runtime);
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            old = _sessions.GetValueOrDefault(pod.Uid);
            _sessions[pod.Uid] = session;
            session.Completion = RunAsync(session, old);
        }
    }

    private async Task RunAsync(PodSession session, PodSession? old)
    {
        await Task.Yield();
        var pod = session.Pod;
        try
        {
            if (old is not null)
            {
                // Other content of the same enrolment: the old sockets go first, as both would listen on the same ports.
                old.Close();
                await old.Completion;
            }

            _pods.Add(pod);
            _certificates.Add(pod.Identity);
            try
            {
                await ServeAsync(session);
            }
            finally
            {
                _pods.Remove(pod);
                _certificates.Remove(pod.Identity);
            }
        }
        catch (OperationCanceledException)
        {
            // Left before it was captured, or the proxy stops.
        }
        catch (Exception e)
        {
            LogFailed(e, pod.Pod.Namespace, pod.Pod.Name);
            await AnswerAsync(new PodEnrollmentStatus(pod.Pod.Uid, false, _capture.Name, e.Message, pod.Pod.NetworkNamespace));
        }
        finally
        {
            Forget(session);
        }
    }

    private void Forget(PodSession session)
    {
        lock (_gate)
        {
            if (_sessions.GetValueOrDefault(session.Pod.Pod.Uid) == session)
            {
                _sessions.Remove(session.Pod.Pod.Uid);
                if (session.Leaving.IsCancellationRequested)
                {
                    _directory.RemoveStatus(session.Pod.Pod.Uid);
                }
            }
        }
    }

    private async Task AnswerAsync(PodEnrollmentStatus status)
    {
        try
        {
            await _directory.WriteStatusAsync(status, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotAnswered(status.Uid, e.Message);
        }
    }
}
