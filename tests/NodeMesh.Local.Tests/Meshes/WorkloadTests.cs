using System.Text.Json.Nodes;

namespace NodeMesh.Local.Tests.Meshes;

[Collection(ClusterCollection.Name)]
public sealed class WorkloadTests(ClusterFixture cluster)
{
    private readonly TestMesh _mesh = cluster.Mesh;

    [Fact]
    public async Task Readiness_ProbeTurns_EndpointsFollow()
    {
        (await _mesh.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: gate, namespace: apps, labels: {app: gate}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                command: [socat, "TCP-LISTEN:8080,fork,reuseaddr", "SYSTEM:echo open"]
                readinessProbe: {exec: {command: [test, -e, /tmp/nmt-ready]}, periodSeconds: 1, failureThreshold: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: gate, namespace: apps}
            spec: {selector: {app: gate}, ports: [{port: 80, targetPort: 8080}]}
            """)).Expect();
        await WaitPodAsync("gate", p => (string?)p["status"]!["phase"] == "Running");
        Assert.NotEqual(0, (await CallGateAsync()).ExitCode);

        (await _mesh.ShellAsync("gate", "touch /tmp/nmt-ready")).Expect();
        await TestMesh.EventuallyAsync(CallGateAsync, r => r.Output == "open\n", "ready pod takes traffic");

        (await _mesh.ShellAsync("gate", "rm /tmp/nmt-ready")).Expect();
        await TestMesh.EventuallyAsync(CallGateAsync, r => r.Error.Contains("refused", StringComparison.Ordinal), "unready pod takes none");
        (await _mesh.LocalAsync("delete", "pod/gate", "svc/gate", "-n", "apps")).Expect();
    }

    [Fact]
    public async Task Crash_ContainerEnds_StartsAgainAndKeepsTheLogBefore()
    {
        (await _mesh.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: crash, namespace: apps}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: main, command: [sh, -c, "echo run; exit 3"]}
            """)).Expect();
        var pod = await WaitPodAsync("crash", p => (int)p["status"]!["containerStatuses"]![0]!["restartCount"]! >= 2);

        var status = pod["status"]!["containerStatuses"]![0]!;
        Assert.Equal(3, (int)(status["lastState"] ?? status["state"])!["terminated"]!["exitCode"]!);
        Assert.Equal("run\n", (await _mesh.LocalAsync("logs", "-n", "apps", "crash", "--previous")).Expect());
        Assert.Contains("CrashLoopBackOff", (await TestMesh.EventuallyAsync(
            () => _mesh.LocalAsync("get", "pod", "crash", "-n", "apps"), r => r.Output.Contains("CrashLoopBackOff", StringComparison.Ordinal), "back-off is shown")).Output, StringComparison.Ordinal);
        (await _mesh.LocalAsync("delete", "pod", "crash", "-n", "apps")).Expect();
    }

    [Fact]
    public async Task Liveness_ProbeFails_ContainerIsRestartedAndItsChildrenDie()
    {
        (await _mesh.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: live, namespace: apps}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                command: [sh, -c, "setsid sleep 98765 & exec sleep infinity"]
                livenessProbe: {exec: {command: [test, "!", -e, /tmp/nmt-dead]}, periodSeconds: 1, failureThreshold: 1, terminationGracePeriodSeconds: 1}
            """)).Expect();
        await WaitPodAsync("live", p => (string?)p["status"]!["phase"] == "Running");
        await TestMesh.EventuallyAsync(() => _mesh.ShellAsync("live", "touch /tmp/nmt-dead"), r => r.ExitCode == 0, "the container runs");

        var pod = await WaitPodAsync("live", p => (int)p["status"]!["containerStatuses"]![0]!["restartCount"]! == 1 && p["status"]!["containerStatuses"]![0]!["state"]!["running"] is not null);
        var group = new Tools.ControlGroup(Tools.MeshGroups.Of(_mesh.Layout.Name).Child("pods").Child((string)pod["metadata"]!["uid"]!).Path);

        // The new run's shell with its two sleeps: nothing of the first run is left.
        await TestMesh.EventuallyAsync(() => Task.FromResult(group.Processes().Count), n => n == 2, "only the new run's processes");
        (await _mesh.LocalAsync("delete", "pod", "live", "-n", "apps")).Expect();
        Assert.False(group.Exists);
    }

    [Fact]
    public async Task Deployment_TemplateChangesAndScales_PodsFollow()
    {
        (await _mesh.ApplyAsync(Roll("one"))).Expect();
        var first = await WaitPodsAsync("roll", pods => pods.Length == 2 && pods.All(IsReady));
        Assert.Equal(2, first.Select(p => (string)p["spec"]!["nodeName"]!).Distinct().Count());

        Assert.Equal("deployment.apps/roll unchanged\n", (await _mesh.ApplyAsync(Roll("one"))).Expect());
        Assert.Equal("deployment.apps/roll configured\n", (await _mesh.ApplyAsync(Roll("two"))).Expect());
        var second = await WaitPodsAsync("roll", pods => pods.Length == 2 && pods.All(p => IsReady(p) && (string)p["spec"]!["containers"]![0]!["env"]![0]!["value"]! == "two"));
        Assert.Empty(first.Select(Uid).Intersect(second.Select(Uid)));

        (await _mesh.LocalAsync("scale", "deploy/roll", "--replicas", "3", "-n", "apps")).Expect();
        var scaled = await WaitPodsAsync("roll", pods => pods.Length == 3 && pods.All(IsReady));
        Assert.Superset(second.Select(Uid).ToHashSet(), scaled.Select(Uid).ToHashSet());

        (await _mesh.LocalAsync("delete", "deploy", "roll", "-n", "apps")).Expect();
        Assert.Empty(await _mesh.PodsAsync("roll"));
    }

    [Fact]
    public async Task Pod_DeletedAndMadeAgain_GetsTheAddressAndAnotherUid()
    {
        (await _mesh.ApplyAsync(Single("first"))).Expect();
        var first = await WaitPodAsync("first", IsReady);
        (await _mesh.LocalAsync("delete", "pod", "first", "-n", "apps")).Expect();
        (await _mesh.ApplyAsync(Single("second"))).Expect();
        var second = await WaitPodAsync("second", IsReady);

        Assert.Equal((string)first["status"]!["podIP"]!, (string)second["status"]!["podIP"]!);
        Assert.NotEqual(Uid(first), Uid(second));
        (await _mesh.LocalAsync("delete", "pod", "second", "-n", "apps")).Expect();
    }

    [Fact]
    public async Task NodeSelector_NoNodeFits_SaysWhyAndWhatToDo()
    {
        (await _mesh.ApplyAsync(Single("nowhere", "{disk: tape}"))).Expect();
        var status = await TestMesh.EventuallyAsync(() => _mesh.LocalAsync("status"), r => r.Error.Contains("disk=tape", StringComparison.Ordinal), "the reason is said");
        (await _mesh.LocalAsync("delete", "pod", "nowhere", "-n", "apps")).Expect();

        Assert.Equal(1, status.ExitCode);
        Assert.Contains("--node-label", status.Error, StringComparison.Ordinal);
        (await _mesh.ApplyAsync(Single("placed", "{disk: ssd}"))).Expect();
        Assert.Equal("node-2", (string)(await WaitPodAsync("placed", IsReady))["spec"]!["nodeName"]!);
        (await _mesh.LocalAsync("delete", "pod", "placed", "-n", "apps")).Expect();
    }

    [Theory]
    [InlineData("{name: x, image: unheard-of}", "container x: there are no images here, and unheard-of has no command; set its command, or give --image unheard-of=COMMAND")]
    [InlineData("{name: x, comand: [sleep]}", "comand")]
    public async Task Apply_OneDocumentIsWrong_SaysWhatAndChangesNothing(string container, string expected)
    {
        var run = await _mesh.ApplyAsync($$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: never, namespace: apps}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: never, namespace: apps}
            spec: {containers: [ {{container}} ]}
            """);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await _mesh.LocalAsync("get", "cm", "never", "-n", "apps")).ExitCode);
    }

    [Fact]
    public async Task Apply_NamespaceIsMissing_IsRefused()
    {
        var run = await _mesh.ApplyAsync("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: nowhere}\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("namespace nowhere is not there", run.Error, StringComparison.Ordinal);
    }

    private static string Roll(string value) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: roll, namespace: apps}
        spec:
          replicas: 2
          selector: {matchLabels: {app: roll} }
          template:
            metadata: {labels: {app: roll} }
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: main, command: [sleep, infinity], env: [{name: VERSION, value: "{{value}}" }]}
        """;

    private static string Single(string name, string selector = "{}") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}, namespace: apps, labels: {app: single} }
        spec:
          terminationGracePeriodSeconds: 0
          nodeSelector: {{selector}}
          containers: [{name: main, command: [sleep, infinity]}]
        """;

    private static bool IsReady(JsonNode pod) =>
        pod["status"]!["conditions"]!.AsArray().Any(c => (string)c!["type"]! == "Ready" && (string)c["status"]! == "True");

    private static string Uid(JsonNode pod) => (string)pod["metadata"]!["uid"]!;

    private Task<CommandRun> CallGateAsync() => _mesh.ShellAsync("client", "socat -t2 - TCP4:gate:80,connect-timeout=3 < /dev/null");

    private async Task<JsonNode> WaitPodAsync(string name, Func<JsonNode, bool> wanted) => JsonNode.Parse((await TestMesh.EventuallyAsync(
        () => _mesh.LocalAsync("get", "pod", name, "-n", "apps", "-o", "json"), r => r.ExitCode == 0 && wanted(JsonNode.Parse(r.Output)!), $"pod {name}")).Output)!;

    private Task<JsonNode[]> WaitPodsAsync(string app, Func<JsonNode[], bool> wanted) => TestMesh.EventuallyAsync(() => _mesh.PodsAsync(app), wanted, $"pods of {app}");
}
