using System.Diagnostics;
using Microsoft.Extensions.Logging;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Daemon;

/// <summary>Keeps one process of the mesh running: starts it in its namespace, restarts it with back-off, knows whether it is ready.</summary>
/// <param name="spec">What to run.</param>
/// <param name="layout">The mesh's files.</param>
/// <param name="group">Its control group.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class Component(ComponentSpec spec, MeshLayout layout, ControlGroup group, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReadyPeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(2);
    private readonly RestartBackOff _backOff = new(TimeSpan.FromSeconds(15));
    private volatile string? _problem = "it has not started yet";
    private volatile Process? _process;
    private volatile bool _restartAsked;
    private int _restarts;

    /// <summary>Its name.</summary>
    public string Name => spec.Name;

    /// <summary>How it goes.</summary>
    public ComponentStatus Status => new(spec.Name, ProcessId(), _problem is null, Volatile.Read(ref _restarts), _problem);

    /// <summary>Keeps it running until cancelled, then asks it to end.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                var exitCode = await RunOnceAsync(cancellationToken);
                _problem = $"it ended with exit code {exitCode}; see {LogFile}";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            Interlocked.Increment(ref _restarts);
            if (_restartAsked)
            {
                _restartAsked = false;
                continue;
            }

            var wait = _backOff.Next(time.GetElapsedTime(began));
            Ended(log, spec.Name, _problem, wait.TotalSeconds);
            await Task.Delay(wait, time, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Ends the process; it starts again at once.</summary>
    public void Restart()
    {
        _restartAsked = true;
        if (ProcessId() is { } id)
        {
            NativeProcess.Signal(id, NativeProcess.SignalTerminate);
        }
    }

    private string LogFile => Path.Combine(layout.Logs, $"{spec.Name}.log");

    private async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        group.Create();
        const string join = "echo $$ > \"$1\" && log=\"$2\" && ns=\"$3\" && shift 3 && exec nsenter --net=\"$ns\" -- \"$@\" < /dev/null >> \"$log\" 2>&1";
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", join, "sh", group.JoinFile, LogFile, MeshLayout.NamespacePath(spec.NetworkNamespace), spec.Program, .. spec.Arguments]);
        _problem = "it starts";
        using var process = Process.Start(start)!;
        _process = process;
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var readiness = WatchReadinessAsync(watching.Token);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await StopAsync(process);
            throw;
        }
        finally
        {
            _process = null;
            await watching.CancelAsync();
            await readiness;
            await group.RemoveAsync(time, CancellationToken.None);
        }
    }

    private async Task StopAsync(Process process)
    {
        NativeProcess.Signal(process.Id, NativeProcess.SignalTerminate);
        using var limit = new CancellationTokenSource(StopGrace, time);
        await process.WaitForExitAsync(limit.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task WatchReadinessAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                _problem = await AskAsync(cancellationToken);
                await Task.Delay(_problem is null ? ReadyPeriod : ReadyPoll, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ended, or the mesh does.
        }
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ReadyTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await spec.Ready(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "it does not answer";
        }
    }

    private int? ProcessId()
    {
        try
        {
            return _process is { HasExited: false } process ? process.Id : null;
        }
        catch (InvalidOperationException)
        {
            // Disposed between the two looks.
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Component}: {Problem}; it starts again after {Seconds} s")]
    private static partial void Ended(ILogger log, string component, string? problem, double seconds);
}
