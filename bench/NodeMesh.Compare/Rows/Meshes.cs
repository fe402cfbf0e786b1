using System.Runtime.CompilerServices;
using NodeMesh.Compare.Network;

namespace NodeMesh.Compare.Rows;

/// <summary>The meshes that the asked rows need: one that carries every byte through the proxy, one that forwards in the kernel, one without any of that.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="omitted">Takes a sentence for each row that cannot be had.</param>
internal sealed class Meshes(CompareOptions options, ICollection<string> omitted)
{
    private static readonly Dictionary<string, string> ServerOf = new()
    {
        [RowNames.NodeMesh] = "near",
        [RowNames.NodeMeshTwoNodes] = "far",
        [RowNames.NodeMeshKernel] = "near",
        [RowNames.NodeMeshRequests] = "near-http",
        [RowNames.NodeMeshRequestsTwoNodes] = "far-http",
        [RowNames.NodeMeshTcp] = "near",
        [RowNames.NodeMeshTcpTwoNodes] = "far",
    };

    public async IAsyncEnumerable<LocalMesh> StartAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var ordinary = Wanted(RowNames.NodeMesh, RowNames.NodeMeshTwoNodes, RowNames.NodeMeshRequests, RowNames.NodeMeshRequestsTwoNodes);
        var kernel = Wanted(RowNames.NodeMeshKernel);
        var tcp = Wanted(RowNames.NodeMeshTcp, RowNames.NodeMeshTcpTwoNodes);
        var known = ordinary.Count + kernel.Count + tcp.Count > 0 && await KernelForwarding.IsKnownAsync(options.NodeMesh, Leftovers.DirectoryOfThisRun, cancellation);
        if (ordinary.Count > 0)
        {
            yield return await StartAsync("o", known ? ["--proxy-option", $"{KernelForwarding.Setting}=proxied"] : [], ordinary, cancellation);
        }

        if (tcp.Count > 0)
        {
            yield return await StartAsync("t", known ? ["--proxy-option", $"{KernelForwarding.Setting}=disabled"] : [], tcp, cancellation);
        }

        if (kernel.Count > 0 && known)
        {
            yield return await StartAsync("k", ["--proxy-option", $"{KernelForwarding.Setting}=enabled"], kernel, cancellation);
        }
        else if (kernel.Count > 0)
        {
            omitted.Add($"{RowNames.NodeMeshKernel}: {KernelForwarding.Unknown}");
        }
    }

    private Task<LocalMesh> StartAsync(string suffix, IEnumerable<string> forwarding, Dictionary<string, string> rows, CancellationToken cancellation) =>
        LocalMesh.StartAsync(
            options.NodeMesh,
            $"{Leftovers.NameOfThisRun}-{suffix}",
            Leftovers.DirectoryOfThisRun,
            [
                "--capture", options.Capture, .. forwarding,

                // The peers write no line per connection either.
                "--proxy-option", "accessLog=off",
                .. options.UpOptions,
            ],
            rows,
            cancellation);

    private Dictionary<string, string> Wanted(params string[] rows) =>
        rows.Where(options.Rows.Contains).ToDictionary(row => row, row => ServerOf[row]);
}
