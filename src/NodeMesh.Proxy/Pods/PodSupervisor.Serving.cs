using NodeMesh.Capture;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Pods;

/// <content>One pod, from its capture to its end.</content>
internal sealed partial class PodSupervisor
{
    private async Task ServeAsync(PodSession session)
    {
        var pod = session.Pod;
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(session.Leaving, session.Closed);
        var captured = await CaptureAsync(pod, starting.Token);
        try
        {
            pod.Captured = captured;
            while (!await TryServeAsync(session, captured, starting.Token))
            {
                await Task.Delay(RetryPause, _time, starting.Token);
            }
        }
        finally
        {
            session.Close();
            await EndAsync(session, captured);
        }
    }

    /// <summary>Serves a captured pod to its end.</summary>
    /// <returns>False when a fault ended it before: the pod stays captured, and closed, and is to be served again.</returns>
    private async Task<bool> TryServeAsync(PodSession session, ICapturedPod captured, CancellationToken starting)
    {
        var pod = session.Pod;
        var attached = new List<IAsyncDisposable>();
        try
        {
            pod.PeerTunnels = _peerTunnels.Create(captured);
            foreach (var attachment in _attachments)
            {
                attached.Add(await attachment.AttachAsync(pod, starting));
            }

            await ServeUntilEndAsync(session);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            pod.MoveTo(PodState.Pending, e.Message);
            LogFault(e, pod.Pod.Namespace, pod.Pod.Name, RetryPause);
            await AnswerAsync(new PodEnrollmentStatus(pod.Pod.Uid, false, _capture.Name, e.Message, pod.Pod.NetworkNamespace));
            return false;
        }
        finally
        {
            await DetachAsync(pod, attached);
        }
    }

    private async Task ServeUntilEndAsync(PodSession session)
    {
        var pod = session.Pod;
        var serving = _server.ServeAsync(pod, session.Accepting, session.Closed);
        pod.MoveTo(PodState.Captured);
        _pods.Signal();
        _observer?.PodStarted();
        try
        {
            await AnswerAsync(new PodEnrollmentStatus(pod.Pod.Uid, true, _capture.Name, null, pod.Pod.NetworkNamespace));
            LogCaptured(pod.Pod.Namespace, pod.Pod.Name, pod.Identity);
            await UntilEndAsync(session, serving);
            if (!serving.IsFaulted)
            {
                session.StopAccepting();
            }

            await serving;
            session.Close();
        }
        finally
        {
            EndConnections(session);
            _observer?.PodStopped();
        }
    }

    private async Task<ICapturedPod> CaptureAsync(PodRuntime pod, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _capture.CaptureAsync(pod.Pod, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                pod.MoveTo(PodState.Pending, e.Message);
                LogNotCaptured(pod.Pod.Namespace, pod.Pod.Name, e.Message, RetryPause);
                await AnswerAsync(new PodEnrollmentStatus(pod.Pod.Uid, false, _capture.Name, e.Message, pod.Pod.NetworkNamespace));
            }

            await Task.Delay(RetryPause, _time, cancellationToken);
        }
    }

    /// <summary>Waits until the pod has left and its connections have ended, or it must not go on, or serving it failed. A pod whose namespace is gone has nothing to drain.</summary>
    private async Task UntilEndAsync(PodSession session, Task serving)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var leave = session.Leaving.Register(() => ended.TrySetResult());
        await using var close = session.Closed.Register(() => ended.TrySetResult());
        using var guarding = CancellationTokenSource.CreateLinkedTokenSource(session.Leaving, session.Closed);
        var guard = GuardAsync(session.Pod, guarding.Token);
        await Task.WhenAny(ended.Task, serving);
        if (serving.IsFaulted)
        {
            await guarding.CancelAsync();
            await guard;
            return;
        }

        await ended.Task;

        // Before the pod is opened: what is put back at the same time would close it again.
        await guard;
        if (session.Closed.IsCancellationRequested)
        {
            return;
        }

        session.Pod.MoveTo(PodState.Draining);
        await OpenAsync(session.Pod);
        var start = _time.GetTimestamp();
        while (MayDrain(session, _time.GetElapsedTime(start)))
        {
            await Task.Delay(DrainPoll, _time, CancellationToken.None);
        }
    }

    private bool MayDrain(PodSession session, TimeSpan elapsed) =>
        (session.Pod.Connections > 0 || elapsed < LeaveGrace)
        && elapsed < _configuration.Limits.DrainTimeout
        && File.Exists(session.Pod.Pod.NetworkNamespace)
        && !session.Closed.IsCancellationRequested;

    private async Task OpenAsync(PodRuntime pod)
    {
        try
        {
            if (pod.Captured is { } captured && File.Exists(pod.Pod.NetworkNamespace))
            {
                await _capture.OpenAsync(captured, CancellationToken.None);
            }
        }
        catch (CaptureException e)
        {
            LogNotReleased(pod.Pod.Namespace, pod.Pod.Name, e.Message);
        }
    }

    private void EndConnections(PodSession session)
    {
        var reason = session.Leaving.IsCancellationRequested ? ConnectionEndReason.PodRemoved : ConnectionEndReason.ProxyShutdown;
        foreach (var connection in _connections.Live)
        {
            if (connection.PodUid == session.Pod.Pod.Uid)
            {
                connection.RequestClose(reason);
            }
        }
    }

    private static async Task DetachAsync(PodRuntime pod, List<IAsyncDisposable> attached)
    {
        foreach (var attachment in attached)
        {
            await attachment.DisposeAsync();
        }

        if (pod.PeerTunnels is { } tunnels)
        {
            await tunnels.DisposeAsync();
        }
    }

    private async Task EndAsync(PodSession session, ICapturedPod captured)
    {
        // Whatever went wrong before: a pod that has left must not stay cut off by rules that lead nowhere.
        var left = session.Leaving.IsCancellationRequested;
        if (left)
        {
            await OpenAsync(session.Pod);
        }

        // Before the rest of the rules goes: by them the listeners' resets find their way.
        await captured.DisposeAsync();
        if (left)
        {
            await ReleaseAsync(session.Pod, captured);
        }
    }

    private async Task ReleaseAsync(PodRuntime pod, ICapturedPod captured)
    {
        try
        {
            await _capture.ReleaseAsync(captured, CancellationToken.None);
            LogReleased(pod.Pod.Namespace, pod.Pod.Name);
        }
        catch (CaptureException e)
        {
            LogNotReleased(pod.Pod.Namespace, pod.Pod.Name, e.Message);
        }
    }
}
