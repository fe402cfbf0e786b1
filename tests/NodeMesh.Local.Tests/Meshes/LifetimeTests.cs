using System.Diagnostics;
using NodeMesh.Local.Client;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Tests.Meshes;

public sealed class LifetimeTests
{
    [Fact]
    public async Task Down_AfterTheDaemonWasKilled_LeavesNothing()
    {
        await using var mesh = new TestMesh("k");
        (await mesh.UpAsync("-f", TestMesh.Manifest("cluster.yaml"))).Expect();
        var processes = MeshGroups.Of(mesh.Layout.Name).Processes();
        using (var daemon = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(mesh.Layout.ProcessId), System.Globalization.CultureInfo.InvariantCulture)))
        {
            daemon.Kill();
            await daemon.WaitForExitAsync();
        }

        var again = await mesh.UpAsync();
        Assert.Equal(1, again.ExitCode);
        Assert.Contains($"a crashed run of mesh {mesh.Name} left", again.Error, StringComparison.Ordinal);
        Assert.Contains($"nodemesh local down --name {mesh.Name}", again.Error, StringComparison.Ordinal);

        (await mesh.LocalAsync("down")).Expect();
        Assert.Equal($"mesh {mesh.Name}: nothing is there\n", (await mesh.LocalAsync("down")).Expect());
        Assert.True(processes.Count > 5, $"only {processes.Count} processes ran");
        Assert.True(Residue.Find(mesh.Layout).IsEmpty);

        // Orphans are dead at once, and gone once the machine's first process has taken note of it.
        await TestMesh.EventuallyAsync(() => Task.FromResult(processes.Where(p => IsOf(mesh, p)).ToList()), left => left.Count == 0, "no process is left");
        Assert.DoesNotContain(File.ReadAllLines("/proc/self/mountinfo"), l => l.Contains(mesh.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.GetFileSystemEntries("/run/netns"), n => mesh.Layout.Name.Owns(Path.GetFileName(n)));
    }

    private static bool IsOf(TestMesh mesh, int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cgroup").Contains(mesh.Name, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public async Task Meshes_TwoWithTheSameAddresses_LiveSideBySide()
    {
        await using var one = new TestMesh("1");
        await using var two = new TestMesh("2");
        (await one.UpAsync("-f", TestMesh.Manifest("cluster.yaml"))).Expect();
        (await two.UpAsync("-f", TestMesh.Manifest("cluster.yaml"))).Expect();
        (await one.ShellAsync("client", "echo one > /nmt-shared/name")).Expect();
        (await two.ShellAsync("client", "echo two > /nmt-shared/name")).Expect();

        Assert.Contains($"mesh {one.Name} is up already", (await one.UpAsync()).Error, StringComparison.Ordinal);
        (await two.LocalAsync("down")).Expect();

        Assert.Equal("one\n", (await one.ShellAsync("client", "cat /nmt-shared/name")).Expect());
        Assert.Contains("web-", (await one.ShellAsync("client", "socat -t5 - TCP4:web:80 < /dev/null")).Expect(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("a-name-that-is-too-long")]
    [InlineData("../etc")]
    public async Task Up_NameIsNone_SaysTheGrammar(string name)
    {
        var run = await TestMesh.NodeMeshAsync("local", "up", "--name", name);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("1 to 20 lower-case letters", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/run/nodemesh/{name}"));
    }

    [Fact]
    public async Task Up_ManifestIsWrong_NothingIsMade()
    {
        await using var mesh = new TestMesh("w");
        var file = Path.GetTempFileName() + ".yaml";
        await File.WriteAllTextAsync(file, "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: x, image: nothing}]}\n");

        var run = await mesh.UpAsync("-f", file);
        File.Delete(file);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--image nothing=COMMAND", run.Error, StringComparison.Ordinal);
        Assert.True(Residue.Find(mesh.Layout).IsEmpty);
    }
}
