using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Tools;
using NodeMesh.Testing;

namespace NodeMesh.Linux.Tests;

[Collection(nameof(WholeProcess))]
public sealed class LinuxToolTests
{
    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Run_WithInput_ReturnsStreamsAndExitCode()
    {
        var result = await LinuxTool.RunAsync(null, "sh", ["-c", "cat; echo oops >&2; exit 3"], "some input", Deadline);

        Assert.Equal(new ToolResult(3, "some input", "oops\n"), result);
    }

    [Fact(Timeout = 30_000)]
    public async Task Run_InANamespace_SeesOnlyItsDevices()
    {
        await using var network = await TestNetwork.CreateAsync();
        var ns = await network.AddAsync("tool");
        await ns.AddBridgeAsync("onlyhere0");
        using var open = NetworkNamespace.Open(ns.Path);

        Assert.Contains("onlyhere0", await LinuxTool.RequireAsync(open, "ip", ["-o", "link"], null, Deadline), StringComparison.Ordinal);
        Assert.DoesNotContain("onlyhere0", await LinuxTool.RequireAsync(null, "ip", ["-o", "link"], null, Deadline), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Require_OfAFailingTool_NamesCommandAndReason()
    {
        var error = await Assert.ThrowsAsync<ToolException>(() => LinuxTool.RequireAsync(null, "sh", ["-c", "echo broken >&2; exit 4"], null, Deadline));

        Assert.Contains("ended with 4: broken", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Run_OfAMissingTool_SaysSo()
    {
        var error = await Assert.ThrowsAsync<ToolException>(() => LinuxTool.RunAsync(null, "no-such-tool-here", [], null, Deadline));

        Assert.Contains("no-such-tool-here", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Run_Cancelled_KillsTheTool()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var run = LinuxTool.RunAsync(null, "sleep", ["600"], null, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Run_ManyTimes_LeavesNoPipesOpen()
    {
        const int runs = 40;
        await LinuxTool.RunAsync(null, "true", [], null, TestContext.Current.CancellationToken);
        var before = CountPipes();
        for (var i = 0; i < runs; i++)
        {
            await LinuxTool.RunAsync(null, "true", [], null, TestContext.Current.CancellationToken);
        }

        // Other tests of the process may have tools under way.
        Assert.InRange(CountPipes() - before, int.MinValue, runs / 2);
    }

    private static int CountPipes() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(f => f.LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);
}
