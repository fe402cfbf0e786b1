using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections.Features;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>
/// The engine's buffers, of one size as it wants them (the base library's shared pool gives an empty one to who does not say how much). What is given back
/// beyond a few megabytes is left to the collector.
/// </summary>
internal sealed class EngineMemoryPool : MemoryPool<byte>, IMemoryPoolFeature
{
    private const int BlockSize = 4096;
    private const int MaxKept = 1024;

    private readonly ConcurrentQueue<Block> _free = new();
    private int _kept;

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockSize;

    /// <inheritdoc/>
    MemoryPool<byte> IMemoryPoolFeature.MemoryPool => this;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (!_free.TryDequeue(out var block))
        {
            return new Block(this) { IsRented = 1 };
        }

        Interlocked.Decrement(ref _kept);
        block.IsRented = 1;
        return block;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _free.Clear();

    private void Return(Block block)
    {
        // Given back twice, it would be two connections' at once.
        if (Interlocked.Exchange(ref block.IsRented, 0) == 0)
        {
            return;
        }

        if (Interlocked.Increment(ref _kept) <= MaxKept)
        {
            _free.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _kept);
        }
    }

    private sealed class Block(EngineMemoryPool owner) : IMemoryOwner<byte>
    {
        public int IsRented;

        public Memory<byte> Memory { get; } = new byte[BlockSize];

        public void Dispose() => owner.Return(this);
    }
}
