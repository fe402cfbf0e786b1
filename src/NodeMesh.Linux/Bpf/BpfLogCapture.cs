namespace NodeMesh.Linux.Bpf;

/// <summary>Keeps the last lines that libbpf says on this thread while one of its calls runs, for the exception if the call fails.</summary>
internal sealed class BpfLogCapture : IDisposable
{
    /// <summary>A verifier's log of a long program has tens of thousands of lines; the reason is at the end.</summary>
    private const int Limit = 200;

    [ThreadStatic]
    private static BpfLogCapture? _current;

    private readonly Queue<string> _lines = new();
    private bool _taken;

    /// <summary>The one of the calling thread.</summary>
    internal static BpfLogCapture? Current => _current;

    internal static BpfLogCapture Start() => _current = new BpfLogCapture();

    internal void Add(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (_lines.Count == Limit)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line.StartsWith("libbpf: ", StringComparison.Ordinal) ? line["libbpf: ".Length..] : line);
        }
    }

    /// <summary>The lines, which the caller reports.</summary>
    internal IReadOnlyList<string> TakeLines()
    {
        _taken = true;
        return [.. _lines];
    }

    /// <summary>Ends the capture; lines that no exception took are warnings about something that worked.</summary>
    public void Dispose()
    {
        _current = null;
        foreach (var line in _lines)
        {
            if (_taken)
            {
                BpfLog.WriteDebug(line);
            }
            else
            {
                BpfLog.WriteWarning(line);
            }
        }
    }
}
