using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Compilation;
using NodeMesh.Control.Sources;
using NodeMesh.Model;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Tests.Sources;

public sealed class DirectorySourceTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _root = Directory.CreateTempSubdirectory("nmt-source-").FullName;
    private readonly CancellationTokenSource _stop = new(Patience);
    private IAsyncEnumerator<CompiledMesh> _meshes = null!;

    private string Applied => Path.Combine(_root, "applied");

    private string Status => Path.Combine(_root, "status");

    public ValueTask InitializeAsync()
    {
        var source = new DirectorySource(
            new DirectorySourceOptions { Manifests = [Applied, Path.Combine(_root, "runtime")], StatusDirectory = Status },
            TimeProvider.System,
            NullLogger<DirectorySource>.Instance);
        _meshes = source.WatchAsync(_stop.Token).GetAsyncEnumerator(_stop.Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _meshes.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_root, true);
    }

    [Fact]
    public async Task Start_WithManifests_YieldsThemAtOnce()
    {
        Write("applied/pod.yaml", Pod("a", "10.0.0.1"));

        Assert.Equal(["a"], Names(await NextAsync()));
    }

    [Fact]
    public async Task Start_WhenTheFirstCompilationFails_YieldsNothingUntilOneSucceeds()
    {
        var attempts = 0;
        var compiler = new MeshCompiler(new MeshSettings());
        var source = new DirectorySource(
            new DirectorySourceOptions { Manifests = [Applied], Rescan = TimeSpan.FromMilliseconds(50) },
            (documents, findings) => ++attempts < 3 ? throw new InvalidOperationException("a fault") : compiler.Compile(documents, findings),
            TimeProvider.System,
            NullLogger<DirectorySource>.Instance);
        Write("applied/pod.yaml", Pod("a", "10.0.0.1"));

        await using var meshes = source.WatchAsync(_stop.Token).GetAsyncEnumerator(_stop.Token);
        Assert.True(await meshes.MoveNextAsync());

        Assert.Equal(["a"], Names(meshes.Current));
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task Start_WithoutDirectories_MakesThemAndYieldsAnEmptyMesh()
    {
        Assert.Empty((await NextAsync()).Workloads);
        Assert.True(Directory.Exists(Applied));
    }

    [Fact]
    public async Task Change_OfAnyKind_YieldsANewMesh()
    {
        await NextAsync();
        Write("runtime/Pod.shop.a.yaml", Pod("a", "10.0.0.1"));
        Assert.Equal(["a"], Names(await NextAsync()));
        Write("runtime/Pod.shop.b.yaml", Pod("b", "10.0.0.2"));
        Assert.Equal(["a", "b"], Names(await NextAsync()));
        Write("runtime/Pod.shop.b.yaml", Pod("b", "10.0.0.3"));
        Assert.Equal("10.0.0.3", (await NextAsync()).Workloads["Kubernetes//Pod/shop/b"].Addresses[0].ToString());
        File.Delete(Path.Combine(_root, "runtime/Pod.shop.a.yaml"));
        Assert.Equal(["b"], Names(await NextAsync()));
        Write("runtime/deep/er/c.yaml", Pod("c", "10.0.0.4"));
        Assert.Equal(["b", "c"], Names(await NextAsync()));
        Directory.Delete(Path.Combine(_root, "runtime/deep"), true);
        Assert.Equal(["b"], Names(await NextAsync()));
    }

    [Fact]
    public async Task BrokenFile_KeepsTheLastGoodVersion_AndSaysSo()
    {
        Write("applied/AuthorizationPolicy.shop.p.yaml", Policy("{}"));
        Write("applied/Pod.shop.a.yaml", Pod("a", "10.0.0.1"));
        await NextAsync();

        Write("applied/AuthorizationPolicy.shop.p.yaml", Policy("{rulez: []}"));
        Write("applied/Pod.shop.a.yaml", "apiVersion: [");
        Write("applied/Pod.shop.b.yaml", Pod("b", "10.0.0.2"));
        var mesh = await NextAsync();

        while (!mesh.Workloads.ContainsKey("Kubernetes//Pod/shop/b"))
        {
            mesh = await NextAsync();
        }

        Assert.Equal(["a", "b"], Names(mesh));
        Assert.Single(mesh.Policies);
        await Eventually(() => File.ReadAllText(Path.Combine(Status, "AuthorizationPolicy.shop.p.json")).Contains("the last good version stays in effect", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BrokenPolicyThatWasNeverGood_ClosesWhatItSelects_AndSaysSo_UntilItIsMended()
    {
        Write("applied/AuthorizationPolicy.shop.p.yaml", Policy("{action: PERHAPS}"));
        var policy = Assert.Single((await NextAsync()).Policies).Value;
        Assert.Equal((PolicyAction.Deny, PolicyScope.Namespace, 1), (policy.Action, policy.Scope, policy.Rules.Length));
        await Eventually(() => File.ReadAllText(Path.Combine(Status, "AuthorizationPolicy.shop.p.json")).Contains("until it is mended all connections to what it selects are refused", StringComparison.Ordinal));

        // Broken in another way, it is read anew.
        Write("applied/AuthorizationPolicy.shop.p.yaml", Policy("{selector: {matchLabels: {app: web}}, action: PERHAPS}"));
        Assert.Equal(PolicyScope.WorkloadSelector, Assert.Single((await NextAsync()).Policies).Value.Scope);

        Write("applied/AuthorizationPolicy.shop.p.yaml", Policy("{selector: {matchLabels: {app: web}}, action: ALLOW, rules: [{}]}"));
        Assert.Equal(PolicyAction.Allow, Assert.Single((await NextAsync()).Policies).Value.Action);
        await Eventually(() => !File.ReadAllText(Path.Combine(Status, "AuthorizationPolicy.shop.p.json")).Contains("until it is mended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TemporaryFiles_AreNotRead()
    {
        await NextAsync();
        Write("applied/.Pod.yaml", Pod("hidden", "10.0.0.8"));
        Write("applied/Pod.yaml.new", Pod("new", "10.0.0.9"));
        Write("applied/Pod.shop.a.yaml", Pod("a", "10.0.0.1"));

        Assert.Equal(["a"], Names(await NextAsync()));
    }

    [Fact]
    public async Task AppliedPodWithReport_TakesTheReport()
    {
        Write("applied/Pod.shop.a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {containers: [{name: c}]}");
        Write("runtime/Pod.shop.a.yaml", Pod("a", "10.0.0.1"));

        Assert.Equal(["a"], Names(await NextAsync()));
    }

    [Fact]
    public async Task UnchangedMesh_IsNotYieldedAgain()
    {
        Write("applied/a.yaml", Pod("a", "10.0.0.1"));
        await NextAsync();
        Write("applied/a.yaml", "# only a comment more\n" + Pod("a", "10.0.0.1"));
        Write("applied/cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}");

        var next = _meshes.MoveNextAsync().AsTask();
        Write("applied/vs.yaml", "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v, namespace: shop}");
        await Eventually(() => File.Exists(Path.Combine(Status, "VirtualService.shop.v.json")));
        Assert.False(next.IsCompleted);
        Write("applied/b.yaml", Pod("b", "10.0.0.2"));
        Assert.True(await next);
        Assert.Equal(["a", "b"], Names(_meshes.Current));
    }

    private static IEnumerable<string> Names(CompiledMesh mesh) => mesh.Workloads.Values.Select(w => w.Name).Order();

    private static string Pod(string name, string ip) =>
        $"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{containers: [{{name: c}}]}}\nstatus: {{podIP: {ip}}}\n";

    private static string Policy(string spec) => $"apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {{name: p, namespace: shop}}\nspec: {spec}\n";

    private static async Task Eventually(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "the condition did not come true");
            await Task.Delay(10);
        }
    }

    private async Task<CompiledMesh> NextAsync()
    {
        Assert.True(await _meshes.MoveNextAsync());
        return _meshes.Current;
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText($"{path}.tmp", text);
        File.Move($"{path}.tmp", path, true);
    }
}
