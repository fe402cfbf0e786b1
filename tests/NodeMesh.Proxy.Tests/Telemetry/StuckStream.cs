namespace NodeMesh.Proxy.Tests.Telemetry;

/// <summary>An output that takes nothing until it is released, and then counts lines.</summary>
internal sealed class StuckStream : MemoryStream
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Lines { get; private set; }

    public void Release() => _released.TrySetResult();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _released.Task;
        Lines += buffer.Span.Count((byte)'\n');
    }
}
