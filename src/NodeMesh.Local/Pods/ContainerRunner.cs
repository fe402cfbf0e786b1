using NodeMesh.Local.Probes;
using NodeMesh.Local.Tools;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Pods;

/// <summary>Keeps one container of a pod running: starts it, probes it, restarts it with back-off, and says how it goes.</summary>
/// <param name="services">What all pods share.</param>
/// <param name="pod">The pod.</param>
/// <param name="container">The container.</param>
/// <param name="group">The container's control group.</param>
internal sealed class ContainerRunner(PodServices services, Pod pod, Container container, ControlGroup group)
{
    private readonly RestartBackOff _backOff = new(TimeSpan.FromSeconds(30));
    private ContainerState? _last;
    private int _restarts;

    /// <summary>The container.</summary>
    public Container Declared => container;

    /// <summary>The run that is under way; null between runs.</summary>
    public ContainerProcess? Process { get; private set; }

    private string ContainerId => $"nodemesh-local://{pod.Uid}/{container.Name}";

    private TimeProvider Time => services.Time;

    /// <summary>Runs the container until it is done for good.</summary>
    /// <param name="restart">Whether it starts again after a run: by exit code.</param>
    /// <param name="cancellationToken">Ends the loop; a program that runs is left to <see cref="StopAsync"/>.</param>
    /// <returns>The exit code of the last run.</returns>
    public async Task<int> RunAsync(Func<int, bool> restart, CancellationToken cancellationToken)
    {
        while (true)
        {
            var launch = await WaitForLaunchAsync(cancellationToken);
            var began = Time.GetTimestamp();
            var (reason, problem) = ("CrashLoopBackOff", "");
            try
            {
                var exitCode = await RunOnceAsync(launch, cancellationToken);
                if (!restart(exitCode))
                {
                    return exitCode;
                }

                _restarts++;
                problem = $"exit code {exitCode}";
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // The program did not fail, starting or watching it did: that is tried again whatever the restart policy.
                services.Log.Failed(e, pod);
                await AbandonAsync();
                (reason, problem) = ("RunContainerError", e.Message);
            }

            var wait = _backOff.Next(Time.GetElapsedTime(began));
            SetWaiting(reason, $"{problem}; starts again after {wait.TotalSeconds:0} s");
            await Task.Delay(wait, Time, cancellationToken);
        }
    }

    /// <summary>Ends the run that is under way.</summary>
    /// <param name="grace">How long it may take.</param>
    /// <param name="cancellationToken">Kills at once.</param>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (Process is { } process)
        {
            await process.StopAsync(grace, Time, cancellationToken);
            await process.EndAsync(Time);
            process.Dispose();
        }
    }

    private async Task AbandonAsync()
    {
        group.Kill();
        Process?.Dispose();
        Process = null;
        await group.RemoveAsync(Time, CancellationToken.None);
    }

    private async Task<ContainerLaunch> WaitForLaunchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return services.Launches.Build(pod, container);
            }
            catch (PodConfigException e)
            {
                SetWaiting("CreateContainerConfigError", e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(500), Time, cancellationToken);
            }
        }
    }

    private async Task<int> RunOnceAsync(ContainerLaunch launch, CancellationToken cancellationToken)
    {
        // Not disposed when this is cancelled: then the pod goes away, and StopAsync ends the process with its grace period.
        var process = ContainerProcess.Start(services.Layout, pod, container.Name, launch, group);
        Process = process;
        var started = Time.GetUtcNow();
        if (await process.WaitStartedAsync(Time, cancellationToken))
        {
            Report(started, isStarted: container.StartupProbe is null, ready: container is { StartupProbe: null, ReadinessProbe: null });
            await WithProbesAsync(process, started, cancellationToken);
        }

        await process.WaitAsync(cancellationToken);
        await process.EndAsync(Time);
        Process = null;
        var exitCode = process.ExitCode;
        process.Dispose();
        var terminated = new ContainerStateTerminated
        {
            ExitCode = exitCode,
            Signal = exitCode > 128 ? exitCode - 128 : null,
            Reason = exitCode == 0 ? "Completed" : "Error",
            StartedAt = started,
            FinishedAt = Time.GetUtcNow(),
            ContainerID = ContainerId,
        };
        _last = new ContainerState { Terminated = terminated };
        Set(_last, isStarted: false, ready: false);
        return exitCode;
    }

    private async Task WithProbesAsync(ContainerProcess process, DateTimeOffset started, CancellationToken cancellationToken)
    {
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var probes = ProbeAsync(process, started, probing.Token);
        try
        {
            await PostStartAsync(cancellationToken);
            await process.WaitAsync(cancellationToken);
        }
        finally
        {
            await probing.CancelAsync();
            await probes;
        }
    }

    private async Task ProbeAsync(ContainerProcess process, DateTimeOffset started, CancellationToken cancellationToken)
    {
        try
        {
            var loop = new ProbeLoop(services.Prober, Time);
            if (container.StartupProbe is { } startup)
            {
                var passed = false;
                await loop.RunAsync(pod, container, startup, eager: true, problem => !(passed = Startup(process, problem)) && problem is null, cancellationToken);
                if (!passed)
                {
                    return;
                }

                Report(started, isStarted: true, ready: container.ReadinessProbe is null);
            }

            var readiness = container.ReadinessProbe is { } ready
                ? loop.RunAsync(pod, container, ready, eager: true, problem => Ready(started, problem), cancellationToken)
                : Task.CompletedTask;
            var liveness = container.LivenessProbe is { } live
                ? loop.RunAsync(pod, container, live, eager: false, problem => problem is null || Fail(process, live, $"liveness probe: {problem}"), cancellationToken)
                : Task.CompletedTask;
            await Task.WhenAll(readiness, liveness);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private bool Startup(ContainerProcess process, string? problem) =>
        problem is null || Fail(process, container.StartupProbe!, $"startup probe: {problem}");

    // Always false: the probe has nothing left to ask.
    private bool Fail(ContainerProcess process, Probe probe, string problem)
    {
        services.Log.ContainerKilled(pod, container.Name, problem);
        var grace = probe.TerminationGracePeriodSeconds ?? pod.Resource.Spec.TerminationGracePeriodSeconds ?? PodRunner.DefaultGraceSeconds;
        services.Background.Add(process.StopAsync(TimeSpan.FromSeconds(grace), Time, CancellationToken.None));
        return false;
    }

    private async Task PostStartAsync(CancellationToken cancellationToken)
    {
        if (container.Lifecycle?.PostStart is { } hook && await services.Hooks.RunAsync(pod, container, hook, cancellationToken) is { } problem)
        {
            services.Log.HookFailed(pod, container.Name, problem);
        }
    }

    // Always true: readiness is asked again.
    private bool Report(DateTimeOffset started, bool isStarted, bool ready)
    {
        Set(new ContainerState { Running = new ContainerStateRunning { StartedAt = started } }, isStarted, ready);
        return true;
    }

    private bool Ready(DateTimeOffset started, string? problem)
    {
        pod.SetProbeProblem(container.Name, problem is null ? null : $"container {container.Name}: readiness probe: {problem}");
        return Report(started, isStarted: true, ready: problem is null);
    }

    private void SetWaiting(string reason, string message) =>
        Set(new ContainerState { Waiting = new ContainerStateWaiting { Reason = reason, Message = message } }, isStarted: false, ready: false);

    private void Set(ContainerState state, bool isStarted, bool ready) => pod.SetContainer(new ContainerStatus
    {
        Name = container.Name,
        Image = container.Image,
        ContainerID = ContainerId,
        State = state,
        LastState = ReferenceEquals(state, _last) ? null : _last,
        RestartCount = _restarts,
        Started = isStarted,
        Ready = ready,
    });
}
