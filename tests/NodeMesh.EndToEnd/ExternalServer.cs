using System.Diagnostics;

namespace NodeMesh.EndToEnd;

/// <summary>A peer in the network that joins the nodes, on an address that belongs to no node, pod or service.</summary>
internal sealed class ExternalServer : IDisposable
{
    public const string Address = "172.18.0.200";
    public const int Port = 7000;

    private readonly Process _process;

    private ExternalServer(Process process) => _process = process;

    public static async Task<ExternalServer> StartAsync(TestMesh mesh)
    {
        var ns = $"--net={mesh.OutsideNamespace}";
        (await Command.RunAsync("nsenter", [ns, "ip", "address", "replace", $"{Address}/16", "dev", mesh.OutsideDevice])).Expect();
        var process = Command.Start("nsenter", [ns, Command.Bin("tests/peer"), "serve", Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await Eventually.GetAsync(
            () => Command.RunAsync("nsenter", [ns, Command.Bin("tests/peer"), "who", Address, "7000"]),
            r => r.ExitCode == 0);
        return new ExternalServer(process);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
