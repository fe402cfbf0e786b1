using System.Globalization;
using NodeMesh.Compare.Load;
using NodeMesh.Compare.Rows;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Measuring;

/// <summary>Resident memory of a row's proxies: of several, the one that has most.</summary>
internal static class MemoryGauge
{
    /// <summary>How many idle connections the second figure is taken with.</summary>
    public const int Connections = 10_000;

    /// <summary>Above this a proxy that has both ends of each connection has too few descriptors left for anything else.</summary>
    private const int Reserve = 500;

    private const double BytesPerMebibyte = 1024 * 1024;

    public static double Mebibytes(Row row) => row.Proxies().Max(proxy => ProcessTable.ResidentBytes(proxy)) / BytesPerMebibyte;

    /// <summary>Why the figure with many connections cannot be had here, or null.</summary>
    public static string? Obstacle(Row row)
    {
        // A connection costs a proxy that is alone on the way two descriptors, and one of a pair as many, where it has no tunnel.
        var perConnection = row.Name == RowNames.NodeMeshTwoNodes ? 1 : 2;
        var limit = DescriptorLimit();
        return (Connections * perConnection) + Reserve <= limit
            ? null
            : $"{row.Name}: {MetricNames.LoadedMemory} needs {(Connections * perConnection) + Reserve} open files per process, and this machine allows {limit}";
    }

    /// <summary>Holds the connections and measures.</summary>
    public static async Task<double> MeasureHeldAsync(Row row, CancellationToken cancellation)
    {
        var command = LoadProgram.Command(
            "hold", row.Endpoint.Address, row.Endpoint.Http.ToString(CultureInfo.InvariantCulture), Connections.ToString(CultureInfo.InvariantCulture));
        await using var holder = BackgroundProgram.Start($"{Connections} connections of {row.Name}", row.InClient(command));
        await holder.WaitUntilReadyAsync(TimeSpan.FromSeconds(60), cancellation);

        // What only opening them needed is given back within two seconds of the last.
        await Task.Delay(TimeSpan.FromSeconds(4), cancellation);
        return Mebibytes(row);
    }

    private static long DescriptorLimit()
    {
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return long.TryParse(hard, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }
}
