using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Kubernetes.Informers;

/// <summary>One who listens: has a queue of its own, so that a slow one holds up nobody else, and hears every event in order.</summary>
internal sealed partial class InformerListener<T> : IAsyncDisposable
    where T : class
{
    private readonly Channel<ResourceEvent<T>> _events = Channel.CreateUnbounded<ResourceEvent<T>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ResourceEvent<T>, CancellationToken, ValueTask> _handler;
    private readonly Action<InformerListener<T>> _leave;
    private readonly ILogger _logger;
    private readonly Task _task;

    public InformerListener(Func<ResourceEvent<T>, CancellationToken, ValueTask> handler, Action<InformerListener<T>> leave, ILogger logger)
    {
        _handler = handler;
        _leave = leave;
        _logger = logger;
        _task = Task.Run(RunAsync);
    }

    public void Tell(ResourceEvent<T> what) => _events.Writer.TryWrite(what);

    public async ValueTask DisposeAsync()
    {
        _leave(this);
        _events.Writer.TryComplete();
        await _stop.CancelAsync();
        await _task;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var next in _events.Reader.ReadAllAsync(_stop.Token))
            {
                try
                {
                    await _handler(next, _stop.Token);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // The next event, or the resync, is another chance.
                    LogHandlerFailed(typeof(T).Name, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    [LoggerMessage(EventId = 20, Level = LogLevel.Error, Message = "A listener of {Type} failed on an event")]
    private partial void LogHandlerFailed(string type, Exception error);
}
