namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// Buffers of three sizes, kept for reuse. Each size keeps a bounded stock, so that a burst does not hold its memory for ever.
/// The objects that describe a buffer are kept with it, so taking one allocates nothing.
/// </summary>
internal sealed class SegmentPool
{
    /// <summary>The largest buffer.</summary>
    public const int LargeSize = 64 * 1024;

    private const int SmallSize = 4 * 1024;
    private const int MediumSize = 16 * 1024;

    // 16 MiB of large buffers is one connection window of them; the smaller sizes stay under 6 MiB together.
    private readonly Shelf _small = new(SmallSize, 256);
    private readonly Shelf _medium = new(MediumSize, 256);
    private readonly Shelf _large = new(LargeSize, 256);
    private long _outstanding;

    /// <summary>The process's pool.</summary>
    public static SegmentPool Shared { get; } = new();

    /// <summary>Buffers taken and not returned; for tests that look for leaks.</summary>
    public long Outstanding => Interlocked.Read(ref _outstanding);

    /// <summary>Takes a buffer.</summary>
    /// <param name="hint">How many bytes are expected soon; the buffer may be smaller when that is more than <see cref="LargeSize"/>.</param>
    /// <param name="runningIndex">The place of its first byte in the stream.</param>
    /// <returns>An empty buffer.</returns>
    public Segment Take(int hint, long runningIndex)
    {
        Interlocked.Increment(ref _outstanding);
        var shelf = hint <= SmallSize ? _small : hint <= MediumSize ? _medium : _large;
        var segment = shelf.Take();
        segment.Reset(runningIndex);
        return segment;
    }

    /// <summary>Gives a buffer back.</summary>
    /// <param name="segment">The buffer; not used afterwards.</param>
    public void Return(Segment segment)
    {
        Interlocked.Decrement(ref _outstanding);
        segment.Reset(0);
        (segment.Array.Length switch { SmallSize => _small, MediumSize => _medium, _ => _large }).Return(segment);
    }

    private sealed class Shelf(int size, int capacity)
    {
        private readonly Lock _gate = new();
        private readonly Segment?[] _stock = new Segment?[capacity];
        private int _count;

        public Segment Take()
        {
            lock (_gate)
            {
                if (_count > 0)
                {
                    var segment = _stock[--_count]!;
                    _stock[_count] = null;
                    return segment;
                }
            }

            return new Segment(GC.AllocateUninitializedArray<byte>(size, pinned: size == LargeSize));
        }

        public void Return(Segment segment)
        {
            lock (_gate)
            {
                if (_count < _stock.Length)
                {
                    _stock[_count++] = segment;
                }
            }
        }
    }
}
