using System.Buffers;
using System.IO.Pipelines;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>
/// A copy of a request's body on its way to somewhere else. Whoever sends the body itself never waits for it: a copy that falls behind by more than a limit
/// is given up.
/// </summary>
/// <param name="limit">How many bytes may wait.</param>
internal sealed class BodyCopy(int limit) : IBodySource
{
    // No threshold: the limit is kept here, and a flush never waits.
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private long _waiting;
    private volatile State _state;
    private Action<bool>? _ended;
    private int _readers;

    private enum State
    {
        Open,
        Whole,
        Broken,
    }

    /// <summary>True when the copy fell behind.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>Has somebody told when no more comes; at once where that was before. Perhaps twice.</summary>
    /// <param name="ended">Told true when the body is whole, false when the copy is given up: whoever sends it may be waiting for a server that takes nothing.</param>
    public void OnEnded(Action<bool> ended)
    {
        // A full fence, as below: of the two that meet here at once one must see the other.
        Interlocked.Exchange(ref _ended, ended);
        if (_state is var state and not State.Open)
        {
            ended(state == State.Whole);
        }
    }

    /// <summary>Takes the next bytes; for one caller at a time, as all that ends it.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Add(in ReadOnlySequence<byte> bytes)
    {
        if (_state != State.Open)
        {
            return;
        }

        if (Interlocked.Add(ref _waiting, bytes.Length) > limit)
        {
            IsTooSlow = true;
            End(new IOException($"the copy fell behind by more than {limit} bytes"));
            return;
        }

        foreach (var segment in bytes)
        {
            _pipe.Writer.Write(segment.Span);
        }

        var flush = _pipe.Writer.FlushAsync();
        if (flush.IsCompleted && flush.Result.IsCompleted)
        {
            // Nobody reads it any more.
            End(null);
        }
    }

    /// <summary>All of the body has come.</summary>
    public void Complete() => End(null);

    /// <summary>The rest of the body does not come; without effect once all has.</summary>
    public void Abort() => End(new IOException("the request ended before its body"));

    /// <inheritdoc/>
    public async Task CopyToAsync(Stream target, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _readers, 1) != 0)
        {
            throw new IOException("a copy is sent once");
        }

        try
        {
            while (true)
            {
                var read = await _pipe.Reader.ReadAsync(cancellationToken);
                foreach (var segment in read.Buffer)
                {
                    await target.WriteAsync(segment, cancellationToken);
                }

                await target.FlushAsync(cancellationToken);
                Interlocked.Add(ref _waiting, -read.Buffer.Length);
                _pipe.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
        }
    }

    /// <summary>Gives back what nobody will read, where it was never sent.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _readers, 1) == 0)
        {
            _pipe.Reader.Complete();
        }
    }

    private void End(Exception? error)
    {
        if (_state == State.Open)
        {
            _state = error is null ? State.Whole : State.Broken;
            _pipe.Writer.Complete(error);
            Interlocked.MemoryBarrier();
            _ended?.Invoke(error is null);
        }
    }
}
