namespace NodeMesh.Tunnel.Http2;

/// <summary>A first-in first-out list of streams, linked through the streams themselves. The output's lock guards it.</summary>
internal struct StreamQueue
{
    private Http2Stream? _head;
    private Http2Stream? _tail;

    public readonly bool IsEmpty => _head is null;

    public void Add(Http2Stream stream)
    {
        stream.NextInQueue = null;
        if (_tail is null)
        {
            _head = stream;
        }
        else
        {
            _tail.NextInQueue = stream;
        }

        _tail = stream;
    }

    public Http2Stream Take()
    {
        var stream = _head!;
        _head = stream.NextInQueue;
        _tail = _head is null ? null : _tail;
        stream.NextInQueue = null;
        return stream;
    }

    public void PutBack(Http2Stream stream)
    {
        stream.NextInQueue = _head;
        _head = stream;
        _tail ??= stream;
    }
}
