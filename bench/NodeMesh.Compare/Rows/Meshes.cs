using System.Runtime.CompilerServices;
using NodeMesh.Compare.Network;

namespace NodeMesh.Compare.Rows;

/// <summary>The meshes that the asked rows need: one that carries every connection through the proxy, one that forwards in the kernel.</summary>
/// <param name="options">What was asked for.</param>
internal sealed class Meshes(CompareOptions options)
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
            yield return await StartAsync("o", "disabled", ordinary, cancellation);
        }

        if (Wanted(RowNames.NodeMeshKernel) is { Count: > 0 } kernel)
        {
            yield return await StartAsync("k", "enabled", kernel, cancellation);
        }
    }

    private Task<LocalMesh> StartAsync(string suffix, string inKernelForwarding, Dictionary<string, string> rows, CancellationToken cancellation) =>
        LocalMesh.StartAsync(
            options.NodeMesh,
            $"{Leftovers.NameOfThisRun}-{suffix}",
            Leftovers.DirectoryOfThisRun,
            [
                "--capture", options.Capture, "--proxy-option", $"inKernelForwarding={inKernelForwarding}",

                // The peers write no line per connection either.
                "--proxy-option", "accessLog=off",
                .. options.UpOptions,
            ],
            rows,
            cancellation);

    private Dictionary<string, string> Wanted(params string[] rows) =>
        rows.Where(options.Rows.Contains).ToDictionary(row => row, row => ServerOf[row]);
}
