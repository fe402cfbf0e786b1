using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeMesh.Agent.Hosting;
using NodeMesh.Agent.Membership;
using NodeMesh.Agent.Namespaces;
using NodeMesh.Agent.Probes;
using NodeMesh.Linux.Tools;
using NodeMesh.Model;

namespace NodeMesh.Agent.Enrollment;

/// <summary>
/// Makes the enrolments be what labels say: at every change, and now and then. Pods that start are admitted by the CNI plugin; all else (labels of running pods,
/// pods that are gone, what happened while the agent was away) comes here. A pod that the API server no longer knows stays in the mesh as long as its network
/// namespace is there: its processes may live on for a while, and must not speak in the clear.
/// </summary>
internal sealed partial class EnrollmentReconciler : IDisposable
{
    private static readonly TimeSpan StatusPoll = TimeSpan.FromMilliseconds(20);

    private readonly Func<IReadOnlyList<MeshedPod>> _pods;
    private readonly EnrollmentFiles _files;
    private readonly PodNamespaceFinder _finder;
    private readonly ProbeRules? _probes;
    private readonly IPodEvents _events;
    private readonly AgentOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>By namespace and name.</summary>
    private readonly Dictionary<(string Namespace, string Name), Sandbox> _sandboxes = [];

    /// <summary>Addresses of pods that the proxy has not let go yet, by UID: their probes must pass until it has.</summary>
    private readonly Dictionary<string, ImmutableArray<string>> _leaving = new(StringComparer.Ordinal);

    /// <summary>Makes the reconciler.</summary>
    /// <param name="pods">The pods of the node.</param>
    /// <param name="files">The enrolments.</param>
    /// <param name="probes">Lets health probes through; null when somebody else does.</param>
    /// <param name="events">Where pods' users are told.</param>
    /// <param name="options">The agent's options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log.</param>
    public EnrollmentReconciler(
        Func<IReadOnlyList<MeshedPod>> pods, EnrollmentFiles files, ProbeRules? probes, IPodEvents events, AgentOptions options, TimeProvider time, ILogger<EnrollmentReconciler> log)
    {
        _pods = pods;
        _files = files;
        _finder = new PodNamespaceFinder(options.NamespaceDirectory);
        _probes = probes;
        _events = events;
        _options = options;
        _time = time;
        _log = log;
    }

    /// <summary>Takes a pod that starts into the mesh, if it belongs there, and waits until it is captured.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="networkNamespace">Its network namespace.</param>
    /// <param name="addresses">The addresses in it.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When it may start.</returns>
    /// <exception cref="EnrollmentException">It is not captured.</exception>
    public async Task AdmitAsync(MeshedPod pod, string networkNamespace, ImmutableArray<string> addresses, CancellationToken ct)
    {
        var sandbox = new Sandbox(networkNamespace, addresses);
        await _gate.WaitAsync(ct);
        try
        {
            _sandboxes[(pod.Namespace, pod.Name)] = sandbox;
            if (!pod.IsMember)
            {
                return;
            }

            if (addresses.IsEmpty)
            {
                throw new EnrollmentException($"pod {pod}: the network plugins before nodemesh-cni gave it no address");
            }

            var enrollment = ToEnrollment(pod, sandbox);
            await ApplyProbesAsync(_files.ReadAll().Values.Append(enrollment), verify: false, ct);
            _files.Write(enrollment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnrollmentException($"pod {pod} cannot be enrolled: {e.Message}");
        }
        finally
        {
            _gate.Release();
        }

        if (await WaitCapturedAsync(pod, networkNamespace, ct) is { } problem)
        {
            await RefuseAsync(pod, networkNamespace, problem, ct);
        }

        LogAdmitted(pod, networkNamespace);
    }

    /// <summary>Why a pod that belongs to the mesh is not captured; null when it is.</summary>
    /// <param name="uid">The pod's UID.</param>
    public string? ProblemOf(string uid) =>
        _files.Find(uid) is not { } enrollment ? "it is not enrolled"
        : _files.FindStatus(uid) is not { } status || (status.NetworkNamespace ?? enrollment.NetworkNamespace) != enrollment.NetworkNamespace ? "the node proxy has not answered"
        : status.Captured ? null
        : status.Error ?? "the node proxy gives no reason";

    /// <summary>A pod's network namespace is being removed.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="networkNamespace">The network namespace; empty when the runtime does not know it any more.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When its enrolment is gone; not that of a newer network namespace of the same pod.</returns>
    public async Task ForgetSandboxAsync(string? ns, string? name, string networkNamespace, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (ns is not null && name is not null && _sandboxes.TryGetValue((ns, name), out var sandbox) && sandbox.NetworkNamespace == networkNamespace)
            {
                _sandboxes.Remove((ns, name));
            }

            foreach (var enrollment in _files.ReadAll().Values.OfType<PodEnrollment>().Where(e => networkNamespace.Length > 0 && e.NetworkNamespace == networkNamespace))
            {
                Leave(enrollment, "its network is being removed");
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Makes the enrolments be what labels say.</summary>
    /// <param name="verify">True to look whether somebody has removed rules too.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When they are.</returns>
    /// <exception cref="IOException">A file or rule cannot be read or written.</exception>
    public async Task ReconcileAsync(bool verify, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var pods = _pods();
            var current = _files.ReadAll();
            var processes = new Lazy<PodProcesses>(PodProcesses.Scan);
            RemoveOthers(pods, current, processes);
            var wanted = Wanted(pods, current, processes);
            foreach (var uid in _leaving.Keys.Except(_files.Unreleased()).ToList())
            {
                _leaving.Remove(uid);
            }

            // Before the enrolments: a pod whose probes fail is restarted by its kubelet.
            try
            {
                await ApplyProbesAsync(wanted.Concat(current.Values), verify, ct);
            }
            catch (ToolException e)
            {
                TellOfProbes(wanted.Concat(current.Values), e);
                throw;
            }

            foreach (var enrollment in wanted)
            {
                _files.Write(enrollment);
                LogEnrolled(enrollment.Namespace, enrollment.Name, enrollment.NetworkNamespace);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The enrolled pods.</summary>
    public IReadOnlyList<PodEnrollment> Enrolled() => _files.ReadGood();

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private void RemoveOthers(IReadOnlyList<MeshedPod> pods, Dictionary<string, PodEnrollment?> current, Lazy<PodProcesses> processes)
    {
        var known = pods.ToDictionary(p => p.Uid, StringComparer.Ordinal);
        foreach (var (uid, enrollment) in current.ToList())
        {
            var pod = known.GetValueOrDefault(uid);
            var reason = pod is { IsMember: false } ? "its labels do not say any more that it belongs to the mesh"
                : pod is { HasEnded: true } ? "it has ended"
                : enrollment is null ? "the enrolment cannot be read"
                : PodNamespaceFinder.StillNames(enrollment.NetworkNamespace, pod?.KubeletUid ?? uid, processes) ? null
                : "its network namespace is gone";
            if (reason is null)
            {
                continue;
            }

            if (enrollment is not null)
            {
                Leave(enrollment, reason);
            }
            else if (pod is not { IsMember: true, HasEnded: false })
            {
                _files.Remove(uid);
            }

            // One of a member is written over instead: while it is gone, the proxy would let the pod speak in the clear.
            current.Remove(uid);
        }
    }

    /// <summary>The enrolments that are missing or have to say something else.</summary>
    private List<PodEnrollment> Wanted(IReadOnlyList<MeshedPod> pods, Dictionary<string, PodEnrollment?> current, Lazy<PodProcesses> processes)
    {
        var members = pods.Where(p => p is { IsMember: true, HasEnded: false }).ToList();
        var missing = members.Where(p => !current.ContainsKey(p.Uid)).ToList();
        var found = _finder.Find(missing.Where(p => FindSandbox(p) is null && !p.Addresses.IsEmpty), processes);
        var wanted = new List<PodEnrollment>();
        foreach (var pod in members)
        {
            if (current.GetValueOrDefault(pod.Uid) is { } old)
            {
                var now = ToEnrollment(pod, new Sandbox(old.NetworkNamespace, old.Addresses));
                if (!Same(old, now))
                {
                    wanted.Add(now);
                }
            }
            else if (FindSandbox(pod) is { } sandbox)
            {
                wanted.Add(ToEnrollment(pod, sandbox));
            }
            else if (found.TryGetValue(pod.Uid, out var path))
            {
                wanted.Add(ToEnrollment(pod, new Sandbox(path, pod.Addresses)));
            }
        }

        return wanted;
    }

    private Sandbox? FindSandbox(MeshedPod pod) =>
        _sandboxes.TryGetValue((pod.Namespace, pod.Name), out var sandbox) && !sandbox.Addresses.IsEmpty && File.Exists(sandbox.NetworkNamespace)
        && (pod.Addresses.IsEmpty || pod.Addresses.All(sandbox.Addresses.Contains))
            ? sandbox
            : null;

    /// <summary>The sandbox's addresses win over what the API server says: they may be newer, and are those in the namespace.</summary>
    private static PodEnrollment ToEnrollment(MeshedPod pod, Sandbox sandbox) => new()
    {
        Uid = pod.Uid,
        Name = pod.Name,
        Namespace = pod.Namespace,
        ServiceAccount = pod.ServiceAccount,
        NetworkNamespace = sandbox.NetworkNamespace,
        Addresses = sandbox.Addresses,
        Annotations = pod.Annotations.ToImmutableDictionary(),
    };

    // Other content makes the proxy begin anew with the pod, which ends its connections: only what counts may count.
    private static bool Same(PodEnrollment old, PodEnrollment now) =>
        old.Name == now.Name && old.Namespace == now.Namespace && old.ServiceAccount == now.ServiceAccount
        && old.Annotations.Count == now.Annotations.Count && old.Annotations.All(a => now.Annotations.GetValueOrDefault(a.Key) == a.Value);

    private void Leave(PodEnrollment enrollment, string reason)
    {
        _leaving[enrollment.Uid] = enrollment.Addresses;
        _files.Remove(enrollment.Uid);
        LogLeft(enrollment.Namespace, enrollment.Name, reason);
    }

    private async Task<string?> WaitCapturedAsync(MeshedPod pod, string networkNamespace, CancellationToken ct)
    {
        var began = _time.GetTimestamp();
        while (_time.GetElapsedTime(began) < _options.CaptureTimeout)
        {
            // An answer to another namespace is of the pod's last one.
            if (_files.FindStatus(pod.Uid) is { } status && status.NetworkNamespace == networkNamespace)
            {
                return status.Captured ? null : status.Error ?? "the node proxy gives no reason";
            }

            await Task.Delay(StatusPoll, _time, ct);
        }

        return $"the node proxy has not captured it within {_options.CaptureTimeout.TotalSeconds} s; is the container 'proxy' of the pod {_options.DaemonSet} of node {_options.Node} running?";
    }

    private async Task RefuseAsync(MeshedPod pod, string networkNamespace, string problem, CancellationToken ct)
    {
        await ForgetSandboxAsync(pod.Namespace, pod.Name, networkNamespace, ct);
        var message = $"pod {pod} belongs to the mesh and cannot be captured, so it must not start: {problem}";
        _events.Tell(pod.Namespace, pod.Name, pod.Uid, isWarning: true, "NodeMeshNotCaptured", message);
        throw new EnrollmentException(message);
    }

    private void TellOfProbes(IEnumerable<PodEnrollment?> enrolled, ToolException problem)
    {
        foreach (var pod in enrolled.OfType<PodEnrollment>().DistinctBy(e => e.Uid))
        {
            _events.Tell(
                pod.Namespace, pod.Name, pod.Uid, isWarning: true, "NodeMeshProbesNotAdmitted",
                $"the rule that lets the kubelet's health probes into this pod cannot be set on node {_options.Node}, so probes may fail where mutual TLS is demanded, and no pod joins the mesh until it can: {problem.Message}");
        }
    }

    private Task ApplyProbesAsync(IEnumerable<PodEnrollment?> enrolled, bool verify, CancellationToken ct) =>
        _probes?.ApplyAsync(enrolled.OfType<PodEnrollment>().SelectMany(e => e.Addresses).Concat(_leaving.Values.SelectMany(a => a)), verify, ct) ?? Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Pod} starts in the mesh, captured in {NetworkNamespace}")]
    private partial void LogAdmitted(MeshedPod pod, string networkNamespace);

    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Namespace}/{Name} is enrolled, in {NetworkNamespace}")]
    private partial void LogEnrolled(string @namespace, string name, string networkNamespace);

    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Namespace}/{Name} leaves the mesh: {Reason}")]
    private partial void LogLeft(string @namespace, string name, string reason);
}
