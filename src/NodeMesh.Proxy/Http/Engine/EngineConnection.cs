using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Proxy.Forwarding;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>
/// A captured connection as the HTTP engine wants one: its end is told by <see cref="ConnectionClosed"/>, and writing to a client that is gone ends the
/// response instead of throwing. The engine disposes it; the captured connection stays its owner's.
/// </summary>
internal sealed class EngineConnection : ConnectionContext, IDuplexPipe
{
    private readonly ConnectionContext _captured;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closed = new();
    private readonly EngineInput _input;
    private readonly EngineOutput _output;
    private IDictionary<object, object?>? _items;
    private int _fired;

    /// <summary>Wraps a connection.</summary>
    /// <param name="captured">The captured connection.</param>
    /// <param name="mesh">What is known of it: a feature of this one.</param>
    /// <param name="memory">The engine's buffers.</param>
    public EngineConnection(ConnectionContext captured, MeshConnection mesh, IMemoryPoolFeature memory)
    {
        _captured = captured;
        _input = new EngineInput(captured.Transport.Input, FireClosed, mesh.Record.Bytes.AddReceived, _closed.Token);
        _output = new EngineOutput(captured.Transport.Output, FireClosed, mesh.Record.Bytes.AddSent);
        Transport = this;
        ConnectionId = captured.ConnectionId;
        LocalEndPoint = mesh.Record.Destination;
        RemoteEndPoint = mesh.Record.Source;
        ConnectionClosed = _closed.Token;
        Features.Set(mesh);
        Features.Set<IClientWatch>(_input);
        Features.Set(memory);
    }

    /// <summary>Ends when the engine has let go of the connection.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why the engine aborted it; null when it did not.</summary>
    public ConnectionAbortedException? AbortReason { get; private set; }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed { get; set; }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get; set; }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; set; }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException? abortReason)
    {
        // The engine gives no reason where the client is gone.
        AbortReason ??= abortReason ?? new ConnectionAbortedException("the client closed the connection");
        _captured.Abort(AbortReason);
        FireClosed();
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        FireClosed();
        _ended.TrySetResult();
        return base.DisposeAsync();
    }

    /// <summary>What waits for the token runs in the thread pool: who finds the end may hold locks, or be an event loop.</summary>
    private void FireClosed()
    {
        if (Interlocked.Exchange(ref _fired, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
        }
    }
}
