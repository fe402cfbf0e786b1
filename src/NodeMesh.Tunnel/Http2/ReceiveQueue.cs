using System.Buffers;

namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// The bytes of a stream that were received and not consumed: a list of pooled buffers, of which an empty queue holds none.
/// Not thread-safe; the stream's lock guards it. The one exception is the memory between <see cref="Reserve"/> and
/// <see cref="Commit"/>, which the frame reader fills without the lock: that buffer is not given back meanwhile.
/// </summary>
internal sealed class ReceiveQueue(SegmentPool pool)
{
    // Below this, filling the rest of a buffer is not worth a read of its own.
    private const int WorthFilling = 1024;

    private Segment? _head;
    private Segment? _tail;
    private int _headOffset;
    private bool _reserved;

    /// <summary>All bytes ever committed.</summary>
    public long Written { get; private set; }

    /// <summary>All bytes ever consumed.</summary>
    public long Consumed { get; private set; }

    /// <summary>Bytes waiting.</summary>
    public long Length => Written - Consumed;

    /// <summary>Whether a buffer is held.</summary>
    public bool HoldsBuffer => _head is not null;

    /// <summary>Memory to fill.</summary>
    /// <param name="expected">How many bytes are on their way.</param>
    /// <returns>At least one byte.</returns>
    public Memory<byte> Reserve(int expected)
    {
        if (_tail is null)
        {
            _head = _tail = pool.Take(expected, Written);
            _headOffset = 0;
        }
        else if (_tail.Free.Length < Math.Min(expected, WorthFilling))
        {
            // What waits already tells that more will: a slow reader's queue is made of few large buffers, not of many small ones.
            var next = pool.Take((int)Math.Min(expected + Length, SegmentPool.LargeSize), Written);
            _tail.SetNext(next);
            _tail = next;
        }

        _reserved = true;
        return _tail.Free;
    }

    /// <summary>Adds the bytes that were filled in.</summary>
    /// <param name="count">0 up to the length of the reserved memory.</param>
    public void Commit(int count)
    {
        _reserved = false;
        _tail!.Extend(count);
        Written += count;
    }

    /// <summary>The waiting bytes.</summary>
    /// <returns>A sequence that is valid until the next <see cref="Advance"/> or <see cref="Discard"/>.</returns>
    public ReadOnlySequence<byte> Peek() =>
        Length == 0 ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_head!, _headOffset, _tail!, _tail!.End);

    /// <summary>Drops bytes from the front.</summary>
    /// <param name="consumed">A position of the sequence of the last <see cref="Peek"/>.</param>
    /// <returns>How many bytes were dropped.</returns>
    public int Advance(SequencePosition consumed)
    {
        var target = Place(consumed);
        var count = (int)(target - Consumed);
        ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(consumed));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length, nameof(consumed));
        Consumed = target;
        Release();
        return count;
    }

    /// <summary>The place in the stream of a position.</summary>
    /// <param name="position">A position of the sequence of the last <see cref="Peek"/>.</param>
    /// <returns>Bytes from the stream's beginning.</returns>
    public long Place(SequencePosition position) =>
        position.GetObject() is Segment segment ? segment.RunningIndex + position.GetInteger() : Consumed;

    /// <summary>Drops everything.</summary>
    /// <returns>How many bytes were waiting.</returns>
    public int Discard()
    {
        var count = (int)Length;
        Consumed = Written;
        Release();
        return count;
    }

    private void Release()
    {
        while (_head is { } head)
        {
            var end = head.RunningIndex + head.End;
            if (Consumed < end || (head == _tail && _reserved))
            {
                _headOffset = (int)(Consumed - head.RunningIndex);
                return;
            }

            _head = head.NextSegment;
            _headOffset = 0;
            if (head == _tail)
            {
                _tail = null;
            }

            pool.Return(head);
        }
    }
}
