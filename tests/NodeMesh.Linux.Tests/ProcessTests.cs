using System.Diagnostics;
using NodeMesh.Linux.Cgroups;
using NodeMesh.Linux.Processes;

namespace NodeMesh.Linux.Tests;

public sealed class ProcessTests
{
    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task ProcessIdentity_OfAnEndedProcess_IsNotAliveAndGetsNoSignal()
    {
        using var process = Process.Start("sleep", "600");
        var identity = ProcessIdentity.Read(process.Id)!.Value;
        Assert.True(identity.IsAlive);
        Assert.True(identity.Signal(9));
        await process.WaitForExitAsync(Deadline);

        Assert.False(identity.IsAlive);
        Assert.False(identity.Signal(9));
    }

    [Fact(Timeout = 30_000)]
    public void Signal_ToAnIdThatAnotherProcessHasNow_IsNotSent()
    {
        using var process = Process.Start("sleep", "600");
        var earlier = ProcessIdentity.Read(process.Id)!.Value with { StartTime = 1 };

        Assert.False(earlier.Signal(9));
        Assert.False(process.HasExited);
        process.Kill();
    }

    [Fact]
    public void Current_IsAliveAndHasThisId()
    {
        Assert.Equal(Environment.ProcessId, ProcessIdentity.Current.Pid);
        Assert.True(ProcessIdentity.Current.IsAlive);
    }

    [Fact]
    public void RaiseOpenFiles_ReachesTheHardLimit() =>
        Assert.Contains(ResourceLimits.RaiseOpenFiles().ToString(System.Globalization.CultureInfo.InvariantCulture), File.ReadLines("/proc/self/limits").Single(l => l.StartsWith("Max open files", StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task Cgroup_Removed_EndsItsProcessesAndTheirChildren()
    {
        var group = CgroupHierarchy.Require().Create($"nmt-{Environment.ProcessId}-{Guid.NewGuid():N}/inner");

        // The shell waits for a line: a child that it made before it was moved would be outside the group, and outlive the test.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "read -r line; sleep 600 & wait"]) { RedirectStandardInput = true })!;
        group.Add(process.Id);
        Assert.Contains(process.Id, group.GetProcesses());
        await process.StandardInput.WriteLineAsync();
        await process.StandardInput.FlushAsync(Deadline);
        while (group.GetProcesses().Count < 2)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), Deadline);
        }

        await group.RemoveAsync(TimeProvider.System, Deadline);

        await process.WaitForExitAsync(Deadline);
        Assert.False(group.Exists);
        var outer = CgroupHierarchy.Require().Open(Path.GetRelativePath(CgroupHierarchy.Require().Root, Path.GetDirectoryName(group.Path)!));
        await outer.RemoveAsync(TimeProvider.System, Deadline);
        await outer.RemoveAsync(TimeProvider.System, Deadline);
        Assert.False(outer.Exists);
    }

    [Theory]
    [InlineData("30 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw", "/sys/fs/cgroup")]
    [InlineData("30 24 0:27 / /sys/fs/cgroup/unified rw - cgroup2 none rw", "/sys/fs/cgroup/unified")]
    [InlineData("30 24 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", null)]
    public void FindRoot_OfAMountTable_FindsVersionTwoOnly(string line, string? root) => Assert.Equal(root, CgroupHierarchy.FindRoot([line]));

    [Theory]
    [InlineData("..")]
    [InlineData("../../etc")]
    [InlineData("/etc")]
    [InlineData(".")]
    public void Open_OutsideTheHierarchy_IsRefused(string path) => Assert.Throws<ArgumentException>(() => CgroupHierarchy.Require().Open(path));
}
