using System.Runtime.InteropServices;

namespace NodeMesh.TestPeer;

/// <summary>Bytes that both ends can compute: xorshift64* from a seed, fast enough not to be what a transfer waits for.</summary>
internal sealed class PseudoRandomStream(ulong seed)
{
    private ulong _state = seed | 1;

    /// <summary>Fills a buffer whose length is a multiple of eight with the next bytes.</summary>
    public void Fill(Span<byte> buffer)
    {
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(buffer))
        {
            _state ^= _state >> 12;
            _state ^= _state << 25;
            _state ^= _state >> 27;
            word = _state * 0x2545F4914F6CDD1D;
        }
    }
}
