using NodeMesh.Linux.Bpf;

namespace NodeMesh.Capture.Forwarding;

/// <summary>
/// The programs that see every socket of the machine, attached only while some pair needs them. To attach costs more than to run, so what is not needed stays
/// attached for a while.
/// </summary>
/// <param name="tables">The programs.</param>
internal sealed class KernelWatch(ForwardingTables tables) : IDisposable
{
    /// <summary>Ticks, of a second each, that nobody has needed a program before it is detached.</summary>
    private const int Linger = 1;

    private readonly Lock _gate = new();
    private BpfLink[]? _use;
    private BpfLink? _misreading;
    private int _pairs;
    private int _unknown;
    private int _pairsIdle;
    private int _unknownIdle;

    /// <summary>True while the programs on every send and receive are attached.</summary>
    internal bool IsAttached => Volatile.Read(ref _use) is not null;

    /// <summary>A pair has sockets that messages may move between.</summary>
    /// <exception cref="BpfException">The programs cannot be attached; nothing is counted.</exception>
    internal void AddPair()
    {
        lock (_gate)
        {
            _misreading ??= tables.AttachMisreading();
            _pairs++;
        }
    }

    /// <summary>It has none any more.</summary>
    internal void RemovePair()
    {
        lock (_gate)
        {
            _pairs--;
        }
    }

    /// <summary>Of a pair it is not known how its applications use their sockets.</summary>
    /// <exception cref="BpfException">The programs cannot be attached; nothing is counted.</exception>
    internal void AddUnknown()
    {
        lock (_gate)
        {
            _use ??= tables.AttachUse();
            _unknown++;
        }
    }

    /// <summary>It is known, or is not asked any more.</summary>
    internal void RemoveUnknown()
    {
        lock (_gate)
        {
            _unknown--;
        }
    }

    /// <summary>Detaches what nobody needs; to be called about once a second.</summary>
    internal void Tick()
    {
        lock (_gate)
        {
            _pairsIdle = _pairs == 0 ? _pairsIdle + 1 : 0;
            _unknownIdle = _unknown == 0 ? _unknownIdle + 1 : 0;
            if (_unknownIdle >= Linger)
            {
                DetachUse();
            }

            if (_pairsIdle >= Linger)
            {
                DetachMisreading();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            DetachUse();
            DetachMisreading();
        }
    }

    private void DetachUse()
    {
        foreach (var link in _use ?? [])
        {
            link.Dispose();
        }

        _use = null;
    }

    private void DetachMisreading()
    {
        _misreading?.Dispose();
        _misreading = null;
    }
}
