using System.Runtime.CompilerServices;

namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// Reads frames off the TLS stream. The buffer is small on purpose: many small frames arrive in it at once, while of a large
/// DATA frame only the first part does, and the rest is read straight into the stream's own buffers.
/// </summary>
internal sealed class FrameInput(Stream stream)
{
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Called when nothing more can be read at once, before the wait.</summary>
    public Action? RanDry { get; init; }

    /// <summary>What can be filled at most.</summary>
    public int Capacity => _buffer.Length;

    /// <summary>The bytes read and not taken.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    public int BufferedCount => _end - _start;

    /// <summary>Reads until a number of bytes is buffered.</summary>
    /// <param name="count">Up to <see cref="Capacity"/>.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False when the peer closed between frames.</returns>
    /// <exception cref="EndOfStreamException">The peer closed inside of a frame.</exception>
    public ValueTask<bool> FillAsync(int count, CancellationToken ct) =>
        BufferedCount >= count ? new ValueTask<bool>(true) : FillSlowAsync(count, ct);

    /// <summary>Takes buffered bytes.</summary>
    /// <param name="count">Up to <see cref="BufferedCount"/>.</param>
    public void Skip(int count) => _start += count;

    /// <summary>Reads into memory: buffered bytes if there are any, else from the connection.</summary>
    /// <param name="to">Where; not empty.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many bytes, at least one.</returns>
    /// <exception cref="EndOfStreamException">The peer closed.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> to, CancellationToken ct)
    {
        var buffered = BufferedCount;
        if (buffered == 0)
        {
            return ReadDirectAsync(to, ct);
        }

        var count = Math.Min(buffered, to.Length);
        Buffered[..count].CopyTo(to.Span);
        _start += count;
        return new ValueTask<int>(count);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillSlowAsync(int count, CancellationToken ct)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_buffer.Length - _start < count)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        while (_end - _start < count)
        {
            var read = await ReadStreamAsync(_buffer.AsMemory(_end), ct);
            if (read == 0)
            {
                return _start == _end ? false : throw new EndOfStreamException("the peer closed the connection inside of a frame");
            }

            _end += read;
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadDirectAsync(Memory<byte> to, CancellationToken ct)
    {
        var read = await ReadStreamAsync(to, ct);
        return read > 0 ? read : throw new EndOfStreamException("the peer closed the connection inside of a frame");
    }

    private ValueTask<int> ReadStreamAsync(Memory<byte> to, CancellationToken ct)
    {
        var reading = stream.ReadAsync(to, ct);
        if (!reading.IsCompleted)
        {
            RanDry?.Invoke();
        }

        return reading;
    }
}
