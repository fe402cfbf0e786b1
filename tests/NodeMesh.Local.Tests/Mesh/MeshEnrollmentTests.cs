using System.Net;
using System.Text.Json;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Mesh;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Store;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Tests.Mesh;

public sealed class MeshEnrollmentTests : IDisposable
{
    private const string Uid = "0123abcd-0000-0000-0000-000000000000";
    private readonly MeshLayout _layout = new(MeshName.Parse("t"), Directory.CreateTempSubdirectory("nmt-").FullName);
    private readonly MeshEnrollment _enrollment;
    private readonly Pod _pod;

    public MeshEnrollmentTests()
    {
        Directory.CreateDirectory(_layout.Applied);
        Directory.CreateDirectory(_layout.Enrollment("node-1"));
        var store = new ObjectStore(_layout, TimeProvider.System);
        store.Apply(ManifestReader.ReadText("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}\n", "").Documents);
        _enrollment = new MeshEnrollment(_layout, store, enabled: true, TimeProvider.System);
        var resource = new PodResource
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "shop", Uid = Uid },
            Spec = new PodSpec { Containers = [new Container { Name = "main" }], ServiceAccountName = "seller" },
        };
        _pod = new Pod(resource, ClusterNode.Create(1, []), IPAddress.Parse("10.244.1.2"), IPAddress.Parse("fd00:244:1::2"), 2);
    }

    private string EnrollmentFile => Path.Combine(_layout.Enrollment("node-1"), $"{Uid}.json");

    private string StatusFile => Path.Combine(_layout.Enrollment("node-1"), $"{Uid}.status");

    [Fact]
    public void Enroll_Pod_IsWrittenAsTheProxyReadsIt()
    {
        _enrollment.Enroll(_pod);

        var written = JsonSerializer.Deserialize<PodEnrollment>(File.ReadAllText(EnrollmentFile), JsonSerializerOptions.Web)!;
        Assert.Equal(("shop", "web", "seller", "/run/netns/nm-t-pod-0123abcd"), (written.Namespace, written.Name, written.ServiceAccount, written.NetworkNamespace));
        Assert.Equal(["10.244.1.2", "fd00:244:1::2"], written.Addresses);
    }

    [Fact]
    public async Task WaitCaptured_ProxyRefuses_WaitsOnAndSaysWhy()
    {
        var said = new List<string>();
        var first = new TaskCompletionSource();
        var waiting = _enrollment.WaitCapturedAsync(_pod, problem => { said.Add(problem); first.TrySetResult(); }, TestContext.Current.CancellationToken);
        await first.Task;
        Write(new PodEnrollmentStatus(Uid, false, "iptables", "iptables-restore is missing"));
        await Meshes.TestMesh.EventuallyAsync(() => Task.FromResult(said.Count), n => n == 2, "both reasons are said");
        Assert.False(waiting.IsCompleted);
        Assert.Equal(["the proxy of node-1 has not captured it yet", "iptables-restore is missing"], said);

        Write(new PodEnrollmentStatus(Uid, true, "iptables", null));
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WaitCaptured_PodLeavesTheMesh_IsOver()
    {
        var waiting = _enrollment.WaitCapturedAsync(_pod, _ => { }, TestContext.Current.CancellationToken);

        _pod.Relabel(_pod.Resource.Metadata.Labels.Add("istio.io/dataplane-mode", "none"), []);

        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Release_ProxyLetsGo_NothingIsLeft()
    {
        _enrollment.Enroll(_pod);
        Write(new PodEnrollmentStatus(Uid, true, "iptables", null));
        var releasing = _enrollment.ReleaseAsync(_pod, TestContext.Current.CancellationToken);
        Assert.False(File.Exists(EnrollmentFile));
        Assert.False(releasing.IsCompleted);

        File.Delete(StatusFile);

        await releasing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    public void Dispose() => Directory.Delete(_layout.Root, recursive: true);

    private void Write(PodEnrollmentStatus status) => ObjectStore.WriteAtomically(StatusFile, JsonSerializer.Serialize(status, JsonSerializerOptions.Web));
}
