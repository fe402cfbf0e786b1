using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Events;

namespace NodeMesh.Proxy.Pods;

/// <summary>Owns the tasks of accepted connections: each has this one root, and stopping waits for them all.</summary>
/// <param name="log">Where faults are told.</param>
internal sealed partial class ConnectionTracker(ILogger<ConnectionTracker> log)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private int _active;

    /// <summary>How many run.</summary>
    public int Active
    {
        get
        {
            lock (_gate)
            {
                return _active;
            }
        }
    }

    /// <summary>Starts serving a connection; returns at its first wait.</summary>
    /// <param name="serve">Serves it to its end.</param>
    public void Start(Func<Task> serve)
    {
        lock (_gate)
        {
            _active++;
        }

        _ = RunAsync(serve);
    }

    /// <summary>Starts serving a connection that was just accepted, on the event loop that it will live on.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="serve">Serves it to its end.</param>
    public void Start(ConnectionContext connection, Func<ConnectionContext, Task> serve)
    {
        lock (_gate)
        {
            _active++;
        }

        var loop = EventLoop.ForAccepted;
        var start = new Beginning(this, connection, serve);
        if (loop.IsCurrent)
        {
            start.Execute();
        }
        else
        {
            loop.Schedule(start);
        }
    }

    /// <summary>Waits until none runs.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When none runs.</returns>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_active == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task RunAsync(Func<Task> serve)
    {
        try
        {
            await serve();
        }
        catch (OperationCanceledException)
        {
            // The pod or the proxy went away.
        }
        catch (Exception e)
        {
            LogFault(e);
        }
        finally
        {
            lock (_gate)
            {
                if (--_active == 0)
                {
                    _idle?.TrySetResult();
                    _idle = null;
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "a connection failed by a fault of the proxy")]
    private partial void LogFault(Exception exception);

    private sealed class Beginning(ConnectionTracker tracker, ConnectionContext connection, Func<ConnectionContext, Task> serve) : IThreadPoolWorkItem
    {
        public void Execute() => _ = tracker.RunAsync(Serve);

        private Task Serve() => serve(connection);
    }
}
