using NodeMesh.Local.Layout;

namespace NodeMesh.Cli.Demo;

/// <summary>The access lines that the proxies of a local mesh wrote.</summary>
/// <param name="layout">The mesh's files.</param>
internal sealed class AccessLogs(MeshLayout layout)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for a line: it is written when its connection has ended.</summary>
    /// <param name="node">Whose proxy.</param>
    /// <param name="condition">Which line.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The newest such line; null when none came within five seconds.</returns>
    public async Task<AccessRecord?> FindAsync(string node, Func<AccessRecord, bool> condition, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var found = Read(node).LastOrDefault(condition);
            if (found is not null || limit.IsCancellationRequested)
            {
                return found;
            }

            await Task.Delay(Poll, cancellationToken);
        }
    }

    private List<AccessRecord> Read(string node)
    {
        var file = Path.Combine(layout.Logs, $"{node}-proxy.log");
        if (!File.Exists(file))
        {
            return [];
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var records = new List<AccessRecord>();
        while (reader.ReadLine() is { } line)
        {
            if (AccessRecord.Parse(line) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }
}
