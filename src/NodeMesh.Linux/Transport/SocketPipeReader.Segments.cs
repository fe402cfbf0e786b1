namespace NodeMesh.Linux.Transport;

/// <content>The buffers that are read into.</content>
internal sealed partial class SocketPipeReader
{
    private ReceiveSegment Room(out bool isNew)
    {
        lock (_gate)
        {
            isNew = _tail is null || _tail.Free < LeastRoom;
            if (!isNew)
            {
                return _tail!;
            }

            var segment = _spare ?? new ReceiveSegment();
            _spare = null;
            segment.Attach(pool.Rent(_nextSize), null);
            return segment;
        }
    }

    private void Received(ReceiveSegment segment, bool isNew, int count)
    {
        lock (_gate)
        {
            var filled = count == segment.Free;
            if (isNew)
            {
                var array = segment.Array;
                segment.Attach(array, _tail);
                _head ??= segment;
                _tail = segment;
            }

            segment.Received(count);
            _hasUnexamined = true;
            Adapt(filled, count, segment.Array.Length);
        }
    }

    /// <summary>Grows when a read filled its buffer, shrinks when it would have fitted the next smaller size.</summary>
    private void Adapt(bool filled, int count, int length)
    {
        _expectsData = filled || !connection.IsDrained(ref _passed);
        if (filled)
        {
            _nextSize = length < PooledSegments.MediumSize ? PooledSegments.MediumSize : PooledSegments.LargeSize;
        }
        else if (count <= length / 4)
        {
            _nextSize = length > PooledSegments.MediumSize ? PooledSegments.MediumSize : PooledSegments.SmallSize;
        }
    }

    private void FreeHead()
    {
        var segment = _head!;
        _head = segment.NextSegment;
        _headIndex = 0;
        if (_head is null)
        {
            _tail = null;
        }

        if (_isLent)
        {
            return;
        }

        pool.Return(segment.Detach());
        _spare = segment;
    }

    private void Recycle(ReceiveSegment segment)
    {
        lock (_gate)
        {
            pool.Return(segment.Detach());
            _spare = segment;
        }
    }
}
