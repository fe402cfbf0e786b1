using System.Runtime.CompilerServices;
using NodeMesh.Compare.Network;

namespace NodeMesh.Compare.Rows;

/// <summary>The meshes that the asked rows need: one that carries every connection through the proxy, one that forwards in the kernel.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="omitted">Takes a sentence for each row that cannot be had.</param>
internal sealed class Meshes(CompareOptions options, ICollection<string> omitted)
{
    private static readonly Dictionary<string, string> ServerOf = new()
    {
        [RowNames.NodeMesh] = "near",
        [RowNames.NodeMeshTwoNodes] = "far",
        [RowNames.NodeMeshKernel] = "near",
    };

    public async IAsyncEnumerable<LocalMesh> StartAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (Wanted(RowNames.NodeMesh, RowNames.NodeMeshTwoNodes) is { Count: > 0 } ordinary)
        {
            yield return await StartAsync("o", [], ordinary, cancellation);
        }

        if (Wanted(RowNames.NodeMeshKernel).Count > 0)
        {
            omitted.Add($"{RowNames.NodeMeshKernel}: this build of NodeMesh does not forward in the kernel");
        }
    }

    private Task<LocalMesh> StartAsync(string suffix, IEnumerable<string> extra, Dictionary<string, string> rows, CancellationToken cancellation) =>
        LocalMesh.StartAsync(
            options.NodeMesh,
            $"{Leftovers.NameOfThisRun}-{suffix}",
            Leftovers.DirectoryOfThisRun,
            ["--capture", options.Capture, .. extra, .. options.UpOptions],
            rows,
            cancellation);

    private Dictionary<string, string> Wanted(params string[] rows) =>
        rows.Where(options.Rows.Contains).ToDictionary(row => row, row => ServerOf[row]);
}
