using NodeMesh.Linux.Tools;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Pods;

/// <summary>A pod's whole life: network, enrolment in the mesh, init containers, containers, and its end.</summary>
/// <param name="services">What all pods share.</param>
/// <param name="pod">The pod.</param>
internal sealed class PodRunner(PodServices services, Pod pod) : IDisposable
{
    /// <summary>Grace period where none is set: shorter than Kubernetes' 30 s, since most programs here are scripts that do not listen to SIGTERM.</summary>
    public const long DefaultGraceSeconds = 5;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryLimit = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _deletion = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly List<ContainerRunner> _containers = [];
    private TimeSpan _grace = TimeSpan.FromSeconds(resourceGrace(pod));

    /// <summary>The pod.</summary>
    public Pod Pod => pod;

    private static long resourceGrace(Pod pod) => pod.Resource.Spec.TerminationGracePeriodSeconds ?? DefaultGraceSeconds;

    /// <summary>Begins the pod's end.</summary>
    /// <param name="grace">How long its programs may take; null for what the pod says.</param>
    public void Delete(TimeSpan? grace = null)
    {
        _grace = grace ?? _grace;
        pod.SetTerminating(services.Time.GetUtcNow());
        _deletion.Cancel();
        if (grace == TimeSpan.Zero)
        {
            _abort.Cancel();
        }
    }

    /// <summary>Lives the pod's life; returns when nothing of it is left.</summary>
    public async Task RunAsync()
    {
        try
        {
            await LiveAsync(_deletion.Token);

            // A pod that is done keeps its address and its logs until it is deleted.
            await Task.Delay(Timeout.InfiniteTimeSpan, services.Time, _deletion.Token);
        }
        catch (OperationCanceledException) when (_deletion.IsCancellationRequested)
        {
            // Deleted: what follows cleans up.
        }
        catch (Exception e)
        {
            services.Log.Failed(e, pod);
            pod.SetPhase("Failed", "Error", e.Message);
            await Task.Delay(Timeout.InfiniteTimeSpan, services.Time, _deletion.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        await EndAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _deletion.Dispose();
        _abort.Dispose();
    }

    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var spec = pod.Resource.Spec;
        pod.SetPhase("Pending");
        foreach (var init in spec.InitContainers.Where(c => c.RestartPolicy != "Always"))
        {
            var runner = Runner(init);
            if (await runner.RunAsync(code => code != 0 && spec.RestartPolicy != "Never", cancellationToken) != 0)
            {
                pod.SetPhase("Failed", "InitError", $"init container {init.Name} failed");
                return;
            }
        }

        pod.SetPhase("Running");
        var sidecars = spec.InitContainers.Where(c => c.RestartPolicy == "Always").Select(c => Runner(c).RunAsync(_ => true, cancellationToken)).ToArray();
        var exits = await Task.WhenAll(spec.Containers.Select(c => Runner(c).RunAsync(code => Restarts(spec, code), cancellationToken)));
        pod.SetPhase(exits.All(code => code == 0) ? "Succeeded" : "Failed");
        await Task.WhenAll(sidecars);
    }

    // What fails here (no file handles left, a full disk) may work later, so it is tried again, ever more seldom.
    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var backOff = new RestartBackOff(RetryLimit);
        while (true)
        {
            try
            {
                if (!pod.HasNetwork)
                {
                    await AttachAsync(cancellationToken);
                }

                if (services.Enrollment.IsMember(pod))
                {
                    services.Enrollment.Enroll(pod);
                    await services.Enrollment.WaitCapturedAsync(pod, problem => pod.SetPhase("Pending", "WaitingForCapture", problem), cancellationToken);
                }

                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                services.Log.Failed(e, pod);
                var wait = backOff.Next(TimeSpan.Zero);
                pod.SetPhase("Pending", "Error", $"{e.Message}; tries again after {wait.TotalSeconds:0} s");
                await Task.Delay(wait, services.Time, cancellationToken);
            }
        }
    }

    private static bool Restarts(PodSpec spec, int exitCode) => spec.RestartPolicy switch
    {
        "Never" => false,
        "OnFailure" => exitCode != 0,
        _ => true,
    };

    private ContainerRunner Runner(Container container)
    {
        var runner = new ContainerRunner(services, pod, container, services.Groups.Child(pod.Uid).Child(container.Name));
        _containers.Add(runner);
        return runner;
    }

    private async Task AttachAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(new PodPaths(services.Layout, pod.Uid).Root);
        while (true)
        {
            try
            {
                await services.Network.AttachAsync(pod.Uid, pod.Node, pod.V4, pod.V6, cancellationToken);
                pod.SetNetworkReady(services.Time.GetUtcNow());
                services.Log.Placed(pod, pod.Node.Name, pod.V4);
                return;
            }
            catch (ToolException e)
            {
                services.Log.StepFailed(pod, e.Message);
                pod.SetPhase("Pending", "NetworkError", e.Message);
                await services.Network.DetachAsync(pod.Uid, pod.Node, pod.V4, pod.V6, CancellationToken.None);
                await Task.Delay(RetryDelay, services.Time, cancellationToken);
            }
        }
    }

    private async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(_grace, services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _abort.Token);
        var began = services.Time.GetTimestamp();
        await Task.WhenAll(_containers.Select(c => StopAsync(c, began, both.Token)));
        await services.Groups.Child(pod.Uid).RemoveAsync(services.Time, CancellationToken.None);
        await services.Enrollment.ReleaseAsync(pod, CancellationToken.None);
        await services.Network.DetachAsync(pod.Uid, pod.Node, pod.V4, pod.V6, CancellationToken.None);
        Directory.Delete(new PodPaths(services.Layout, pod.Uid).Root, recursive: true);
        services.Log.Removed(pod);
    }

    private async Task StopAsync(ContainerRunner container, long began, CancellationToken cancellationToken)
    {
        var declared = container.Declared;
        try
        {
            if (container.Process is not null && declared.Lifecycle?.PreStop is { } hook && await services.Hooks.RunAsync(pod, declared, hook, cancellationToken) is { } problem)
            {
                services.Log.HookFailed(pod, declared.Name, problem);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The hook used up the grace period.
        }

        var left = _grace - services.Time.GetElapsedTime(began);
        await container.StopAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
    }
}
