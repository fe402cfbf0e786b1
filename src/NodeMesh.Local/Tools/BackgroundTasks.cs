using Microsoft.Extensions.Logging;

namespace NodeMesh.Local.Tools;

/// <summary>Owns tasks that outlive their callers: logs what goes wrong in them, and waits for them at the end.</summary>
/// <param name="log">The log.</param>
internal sealed partial class BackgroundTasks(ILogger<BackgroundTasks> log)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _tasks = [];

    /// <summary>Takes a task over.</summary>
    /// <param name="task">The task.</param>
    public void Add(Task task)
    {
        lock (_gate)
        {
            _tasks.Add(task);
        }

        _ = WatchAsync(task);
    }

    /// <summary>Waits until all are done.</summary>
    public Task WhenAllAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_tasks.ToArray()).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task WatchAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // Its owner ended it.
        }
        catch (Exception e)
        {
            Failed(e);
        }

        lock (_gate)
        {
            _tasks.Remove(task);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "a background task failed")]
    private partial void Failed(Exception exception);
}
