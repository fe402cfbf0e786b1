namespace NodeMesh.Linux.Bpf;

/// <summary>Where a sweep over a map by batches is. One for each sweep.</summary>
public sealed class BpfBatchPosition
{
    private byte[] _token = [];

    /// <summary>True when the sweep has seen every entry.</summary>
    public bool IsComplete { get; private set; }

    internal bool IsStarted { get; private set; }

    /// <summary>Room for the kernel's position: a bucket's number for hashes, an index for arrays, a key for tries.</summary>
    internal byte[] GetToken(int keySize)
    {
        if (_token.Length == 0)
        {
            _token = new byte[Math.Max(keySize, sizeof(ulong))];
        }

        return _token;
    }

    internal void Advance(bool complete)
    {
        IsStarted = true;
        IsComplete = complete;
    }
}
