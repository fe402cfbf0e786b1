using System.Globalization;

namespace NodeMesh.Compare.Running;

/// <summary>The machine's processes, from <c>/proc</c>.</summary>
internal static class ProcessTable
{
    /// <summary>USER_HZ: what <c>/proc</c> counts CPU time in, on every architecture that .NET runs on.</summary>
    public const double TicksPerSecond = 100;

    public static List<ProcessStat> Read()
    {
        var found = new List<ProcessStat>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), CultureInfo.InvariantCulture, out var id) && TryRead(id, out var stat))
            {
                found.Add(stat);
            }
        }

        return found;
    }

    public static bool TryRead(int id, out ProcessStat stat)
    {
        stat = default;
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");

            // The second field is the command in parentheses and may hold anything: fields are counted from its end.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            stat = new ProcessStat(id, (int)Number(fields[1]), Number(fields[11]) + Number(fields[12]), Number(fields[13]) + Number(fields[14]));
            return true;
        }
        catch (IOException)
        {
            return false; // it ended meanwhile
        }
    }

    /// <summary>A process and all below it.</summary>
    public static IReadOnlyList<int> TreeOf(int root)
    {
        var all = Read();
        var tree = new List<int> { root };
        for (var at = 0; at < tree.Count; at++)
        {
            tree.AddRange(all.Where(process => process.Parent == tree[at]).Select(process => process.Id));
        }

        return tree;
    }

    /// <summary>Resident memory of processes in bytes: shared pages count once per process.</summary>
    public static long ResidentBytes(IEnumerable<int> ids)
    {
        long total = 0;
        foreach (var id in ids)
        {
            try
            {
                var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
                total += line is null ? 0 : Number(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim()) * 1024;
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return total;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

}
