namespace NodeMesh.Local.Tests.Meshes;

[Collection(ClusterCollection.Name)]
public sealed class ExecTests(ClusterFixture cluster)
{
    private readonly TestMesh _mesh = cluster.Mesh;

    [Fact]
    public async Task Exec_CommandFails_ExitCodeAndStreamsAreTheCommands()
    {
        var run = await _mesh.ShellAsync("client", "echo out; echo err >&2; exit 7");

        Assert.Equal((7, "out\n", "err\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Exec_StandardInput_ReachesTheCommand()
    {
        var run = await _mesh.ExecWithInputAsync("client", "one\ntwo\n", "wc", "-l");

        Assert.Equal("2", run.Expect().Trim());
    }

    [Fact]
    public async Task Exec_ReaderGoesAway_CommandIsToldBySignal() =>
        Assert.Equal("y\n0\n", (await _mesh.ShellAsync("client", "{ yes; [ $? = 141 ] && exit 3; } | head -1; echo $?")).Expect());

    [Fact]
    public async Task Exec_Deployment_RunsInOneOfItsPods() =>
        Assert.StartsWith("web-", (await _mesh.ExecAsync("deploy/web", "hostname")).Expect(), StringComparison.Ordinal);

    [Fact]
    public async Task Exec_SecondContainer_HasItsOwnFileSystemAndTheSameNetwork()
    {
        (await _mesh.ShellAsync("client", "echo seen > /nmt-shared/file")).Expect();

        var run = await _mesh.LocalAsync("exec", "-n", "apps", "client", "-c", "helper", "--", "sh", "-c", "cat /nmt-theirs/file; [ -e /nmt-config ] || echo apart; cat /etc/hosts");

        Assert.StartsWith("seen\napart\n", run.Expect(), StringComparison.Ordinal);
        Assert.Contains((string)(await _mesh.GetAsync("pod", "client"))["status"]!["podIP"]!, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_UnknownPod_SaysSoAndWhereToLook()
    {
        var run = await _mesh.ExecAsync("nobody", "true");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("error: there is no pod nobody in namespace apps; see 'nodemesh local get pods -n apps'\n", run.Error);
    }

    [Fact]
    public async Task Environment_EverySource_IsResolved()
    {
        var run = await _mesh.ShellAsync("client", "echo $COLOR $PASSWORD $NODE $TEAM $URL; pwd; hostname");

        Assert.Equal("green pa$$word node-1 blue http://node-1/$(UNKNOWN)/$(NODE)\n/nmt-work\nclient\n", run.Expect());
    }

    [Fact]
    public async Task Volumes_MissingMountPoints_AreMadeInThePodOnly()
    {
        var run = await _mesh.ShellAsync("client", "cat /nmt-config/greeting.txt /etc/nmt-greeting; stat -c %a /nmt-keys/password; touch /nmt-config/x 2>&1 | grep -o 'Read-only'");

        Assert.Equal("hello\nhello\n400\nRead-only\n", run.Expect());
        Assert.DoesNotContain(true, new[] { "/nmt-config", "/nmt-keys", "/nmt-shared", "/nmt-theirs", "/nmt-work", "/etc/nmt-greeting" }.Select(Path.Exists));
    }

    [Fact]
    public async Task Container_WritesAndDeletesFiles_MachineKeepsItsOwn()
    {
        (await _mesh.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: vandal, namespace: apps}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: main, command: [sleep, infinity]}
            """)).Expect();

        var damage = await TestMesh.EventuallyAsync(
            () => _mesh.ShellAsync("vandal", "echo x > /usr/nmt-written && rm /etc/passwd && hostname other && hostname"), r => r.ExitCode == 0, "the container runs");

        Assert.Equal("other\n", damage.Output);
        Assert.False(File.Exists("/usr/nmt-written"));
        Assert.True(File.Exists("/etc/passwd"));
        Assert.NotEqual("other", Environment.MachineName);
        (await _mesh.LocalAsync("delete", "pod", "vandal", "-n", "apps")).Expect();
    }

    [Fact]
    public async Task Container_LooksForTheMeshesKeys_FindsAnEmptyDirectory() =>
        Assert.Equal("", (await _mesh.ShellAsync("client", "ls -A /run/nodemesh")).Expect());

    [Fact]
    public async Task Logs_OfAContainer_AreWhatItWrote() =>
        Assert.Equal("started green\n", (await _mesh.LocalAsync("logs", "-n", "apps", "client")).Expect());
}
