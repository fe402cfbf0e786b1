using NodeMesh.Charts.Values;

namespace NodeMesh.Charts.Tests;

public sealed class ChartTests
{
    private static readonly Chart Own = new(ChartFiles.Own);

    public static TheoryData<string> Profiles() => [.. Own.Profiles];

    [Fact]
    public void PlainManifests_AreWhatTheChartRenders()
    {
        // nodemesh manifest > deploy/manifests/nodemesh.yaml
        var rendered = Chart.ToYaml(Own.Render(new ChartRelease(), Own.Values("default", [])));

        Assert.Equal(File.ReadAllText(Path.Combine(Root(), "deploy/manifests/nodemesh.yaml")), rendered);
    }

    [Fact]
    public void Directory_OfTheChart_IsWhatTheProgramCarries()
    {
        var read = ChartFiles.Read(Path.Combine(Root(), "deploy/charts/nodemesh"));

        Assert.Equal(ChartFiles.Own.Paths, read.Paths);
        Assert.All(read.Paths, p => Assert.Equal(read[p], ChartFiles.Own[p]));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Notes_OfHelm_SayWhatIsLeftToTheUser(bool createsNamespace, bool tellsOfPodSecurity)
    {
        // Helm prints them and applies them to nothing, so they are rendered as part of an object here.
        var lines = ChartFiles.Own["templates/NOTES.txt"].TrimEnd().Split('\n').Select(l => "    " + l);
        var files = ChartFiles.Own.Paths.Where(p => !p.StartsWith("templates/", StringComparison.Ordinal)).Select(p => KeyValuePair.Create(p, ChartFiles.Own[p]))
            .Append(KeyValuePair.Create("templates/notes.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: notes\ndata:\n  notes: |\n{string.Join('\n', lines)}\n"));
        var chart = new Chart(ChartFiles.Of(files));
        var values = chart.Values("default", [ValuesLayer.Set($"namespace.create={(createsNamespace ? "true" : "false")}")]);

        var notes = Chart.ToYaml(chart.Render(new ChartRelease { Namespace = "mesh" }, values));

        Assert.Contains("nodemesh check --mesh-namespace mesh", notes, StringComparison.Ordinal);
        Assert.Equal(tellsOfPodSecurity, notes.Contains("kubectl label namespace mesh pod-security.kubernetes.io/enforce=privileged", StringComparison.Ordinal));
    }

    [Fact]
    public void Chart_HasTheProgramsVersion() => Assert.Equal(typeof(Chart).Assembly.GetName().Version!.ToString(3), Own.Version);

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Profile_Renders_ObjectsOfOneNamespaceAndItsNames(string profile)
    {
        var objects = Own.Render(new ChartRelease { Namespace = "mesh" }, Own.Values(profile, []));

        Assert.Contains(objects, o => o is { Kind: "DaemonSet", Name: "nodemesh-proxy", Namespace: "mesh" });
        Assert.Contains(objects, o => o is { Kind: "Deployment", Name: "nodemesh-control", Namespace: "mesh" });
        Assert.Equal("Namespace", objects[0].Kind);
        Assert.DoesNotContain("nodemesh-system", Chart.ToYaml(objects.Where(o => o.Kind != "PeerAuthentication" && profile != "strict")), StringComparison.Ordinal);
        Assert.All(objects, o => Assert.Contains("app.kubernetes.io/part-of: nodemesh", Chart.ToYaml([o]), StringComparison.Ordinal));
    }

    [Fact]
    public void EverySwitch_TurnedTheOtherWay_Renders()
    {
        var values = Own.Values("default",
        [
            ValuesLayer.Set("namespace.create=false,namespace.criticalPods=true,control.replicas=2,control.networkPolicy.enabled=false,metrics.annotations=false,metrics.serviceMonitor.enabled=true"),
            ValuesLayer.Set("control.priorityClassName=,proxy.priorityClassName=,mesh.peerAuthentication=STRICT,proxy.dnsUpstream={10.0.0.1},proxy.maxUnavailable=10%"),
            ValuesLayer.File("more.yaml", "image: {pullSecrets: [{name: r}]}\ncontrol: {nodeSelector: {a: b}, tolerations: [{key: k, operator: Exists}], podAnnotations: {a: b}}\nproxy: {podAnnotations: {a: b}, nodeSelector: {c: d}}\nmetrics: {serviceMonitor: {labels: {release: prometheus}}}"),
        ]);
        var text = Chart.ToYaml(Own.Render(new ChartRelease { ApiVersions = ["v1"] }, values));

        Assert.Contains("apiVersion: policy/v1beta1\nkind: PodDisruptionBudget", text, StringComparison.Ordinal);
        Assert.Contains("kind: ResourceQuota", text, StringComparison.Ordinal);
        Assert.Contains("kind: ServiceMonitor", text, StringComparison.Ordinal);
        Assert.Contains("kind: PeerAuthentication", text, StringComparison.Ordinal);
        Assert.Contains("maxUnavailable: 10%", text, StringComparison.Ordinal);
        Assert.Contains("\"dnsUpstream\": [\"10.0.0.1\"]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("kind: Namespace", text, StringComparison.Ordinal);
        Assert.DoesNotContain("priorityClassName", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tracing_IsInBothConfigurations_WhereSpansGoSomewhere()
    {
        var values = Own.Values("default", [ValuesLayer.Set("tracing.otlp.endpoint=http://otel.observability:4318,tracing.otlp.provider=jaeger,tracing.sampling=12.5")]);
        var text = Chart.ToYaml(Own.Render(new ChartRelease(), values));

        Assert.Contains("\"otlpEndpoint\": \"http://otel.observability:4318\"", text, StringComparison.Ordinal);
        Assert.Contains("\"traceSampling\": \"12.5\"", text, StringComparison.Ordinal);
        Assert.Contains("\"tracingProviders\": [\"jaeger\"]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tracing.otlp.endpoint=otel:4318", "tracing.otlp.endpoint")]
    [InlineData("tracing.sampling=101", "tracing.sampling")]
    public void Tracing_OfBadValues_IsRefused(string set, string field) =>
        Assert.Contains(field, Assert.Throws<ChartException>(() => Own.Render(new ChartRelease(), Own.Values("default", [ValuesLayer.Set(set)]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Configuration_ThatChanges_MakesNewPods()
    {
        var before = Annotation(Own.Values("default", []));
        var after = Annotation(Own.Values("default", [ValuesLayer.Set("proxy.capture=iptables")]));

        Assert.NotEqual(before, after);
    }

    [Fact]
    public void NodeContainers_AreNotPrivileged_AndHaveNoCapabilityBesideTheDocumentedOnes()
    {
        var set = Own.Render(new ChartRelease(), Own.Values("default", [])).Single(o => o.Kind == "DaemonSet");
        var text = Chart.ToYaml([set]);

        Assert.DoesNotContain("privileged: true", text, StringComparison.Ordinal);
        Assert.DoesNotContain("allowPrivilegeEscalation: true", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("- ALL").Length - 1);
        var names = ChartFiles.Own["templates/_node.tpl"];
        Assert.All(text.Split('\n').SkipWhile(l => !l.EndsWith("add:", StringComparison.Ordinal)).Skip(1).TakeWhile(l => l.TrimStart().StartsWith("- ", StringComparison.Ordinal)),
            l => Assert.Contains($"{l.Trim()[2..]} ", names.Replace(",", " ", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v1.20.2", true)]
    [InlineData("v1.29.4-gke.100", true)]
    [InlineData("v1.30.0", false)]
    [InlineData("v1.34+", false)]
    public void AppArmor_IsSaidByAnnotation_UntilThereIsAField(string version, bool annotation)
    {
        var set = Chart.ToYaml(Own.Render(new ChartRelease { KubeVersion = version }, Own.Values("default", [])).Where(o => o.Kind == "DaemonSet"));

        Assert.Equal(annotation ? 2 : 0, set.Split("apparmor.security.beta.kubernetes.io/").Length - 1);
        Assert.Equal(annotation ? 0 : 2, set.Split("appArmorProfile:").Length - 1);
    }

    [Fact]
    public void Version_ThatIsNone_IsRefused() =>
        Assert.Contains("no version of Kubernetes", Assert.Throws<ChartException>(() => Own.Render(new ChartRelease { KubeVersion = "latest" }, Own.Values("default", []))).Message, StringComparison.Ordinal);

    [Fact]
    public void Rights_OfEveryRule_AreJustified()
    {
        // Each rule of a role follows a comment, or the rule that the comment is about.
        foreach (var (file, text) in ChartFiles.Own.Below("templates/").Where(f => f.Key.EndsWith("-rbac.yaml", StringComparison.Ordinal)))
        {
            var rules = text.Split('\n').Count(l => l.StartsWith("  - apiGroups:", StringComparison.Ordinal));
            var comments = text.Split('\n').Count(l => l.StartsWith("  # ", StringComparison.Ordinal));
            Assert.True(rules > 0 && comments > 0 && rules <= comments * 2, file);
            Assert.DoesNotContain("verbs: [\"*\"]", text, StringComparison.Ordinal);
        }
    }

    private static string Annotation(ChartValues values) =>
        Chart.ToYaml(Own.Render(new ChartRelease(), values).Where(o => o.Kind == "DaemonSet")).Split('\n').Single(l => l.Contains("nodemesh.io/config", StringComparison.Ordinal));

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "NodeMesh.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("NodeMesh.sln is above no folder of the test's binaries");
    }
}
