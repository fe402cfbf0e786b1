namespace NodeMesh.Linux.Events;

/// <summary>Empty pipes of one loop; for its thread alone.</summary>
internal sealed class SplicePipePool : IDisposable
{
    /// <summary>Pipes kept for later: as many connections may move bulk at the same instant without making one.</summary>
    private const int Kept = 16;

    private readonly Stack<SplicePipe> _free = new();

    /// <summary>Lends a pipe.</summary>
    /// <returns>An empty pipe; null when no descriptor is free.</returns>
    internal SplicePipe? TryRent() => _free.TryPop(out var pipe) ? pipe : SplicePipe.TryCreate();

    /// <summary>Takes a pipe back; one that still holds bytes of a broken connection is closed.</summary>
    /// <param name="pipe">The pipe.</param>
    internal void Return(SplicePipe pipe)
    {
        if (pipe.Length > 0 || _free.Count >= Kept)
        {
            pipe.Dispose();
            return;
        }

        _free.Push(pipe);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_free.TryPop(out var pipe))
        {
            pipe.Dispose();
        }
    }
}
