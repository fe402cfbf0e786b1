using NodeMesh.Local.Layout;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Tests.Store;

public sealed class ObjectStoreTests : IDisposable
{
    private readonly MeshLayout _layout = new(MeshName.Parse("t"), Directory.CreateTempSubdirectory("nmt-").FullName);
    private readonly ObjectStore _store;

    public ObjectStoreTests()
    {
        Directory.CreateDirectory(_layout.Applied);
        _store = new ObjectStore(_layout, TimeProvider.System);
    }

    [Fact]
    public void Apply_SameAgain_IsUnchangedAndKeepsWhatWasFilledIn()
    {
        Assert.Equal(ApplyOutcome.Created, Apply(Service("web")));
        var before = _store.Find<ServiceResource>("a", "web")!;

        Assert.Equal(ApplyOutcome.Unchanged, Apply(Service("web")));
        Assert.Equal(ApplyOutcome.Configured, Apply(Service("web", port: 81)));
        var after = _store.Find<ServiceResource>("a", "web")!;

        Assert.Equal(before.Metadata.Uid, after.Metadata.Uid);
        Assert.Equal(before.Spec.ClusterIPs, after.Spec.ClusterIPs);
        Assert.Equal((1, 2), (before.Metadata.Generation, after.Metadata.Generation));
    }

    [Fact]
    public void Apply_AfterAnotherChange_IsConfigured()
    {
        Apply(Service("web"));
        _store.Change(_store.Objects.Keys.Single(), root => root.With("spec", ((ManifestMapping)root["spec"]!).With("sessionAffinity", ManifestScalar.String("ClientIP"))));

        Assert.Equal(ApplyOutcome.Configured, Apply(Service("web")));
    }

    [Fact]
    public void Apply_Services_GetAddressesOfBothFamilies()
    {
        Apply(Service("one"));
        Apply(Service("two"));
        Apply(Service("single", "ipFamilyPolicy: SingleStack"));
        Apply(Service("headless", "clusterIP: None"));
        Apply(Service("six", "ipFamilies: [IPv6]"));

        Assert.Equal(["10.96.1.0", "fd00:96::100"], Addresses("one"));
        Assert.Equal(["10.96.1.1", "fd00:96::101"], Addresses("two"));
        Assert.Equal(["10.96.1.2"], Addresses("single"));
        Assert.Empty(Addresses("headless"));
        Assert.Equal(["fd00:96::103"], Addresses("six"));
    }

    [Fact]
    public void Apply_AddressOfAnotherService_IsRefusedAndNothingIsChanged()
    {
        Apply(Service("one", "clusterIP: 10.96.5.5"));

        var error = Assert.Throws<ObjectStoreException>(() => Apply(Service("before") + "---\n" + Service("two", "clusterIP: fd00:96::505")));

        Assert.Contains("belongs to service/one", error.Message, StringComparison.Ordinal);
        Assert.Null(_store.Find<ServiceResource>("a", "before"));
    }

    [Theory]
    [InlineData("10.97.0.1")]
    [InlineData("10.96.0.10")]
    public void Apply_AddressThatCannotBeHad_IsRefused(string address) =>
        Assert.Throws<ObjectStoreException>(() => Apply(Service("one", $"clusterIP: \"{address}\"")));

    [Fact]
    public void Delete_Service_FreesItsAddress()
    {
        Apply(Service("one"));
        _store.Delete(_store.Objects.Keys);
        Apply(Service("two"));

        Assert.Equal(["10.96.1.0", "fd00:96::100"], Addresses("two"));
    }

    [Fact]
    public void Delete_Namespace_DeletesWhatIsInIt()
    {
        Apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n" + Service("one"));
        Assert.Equal(["Namespace..a.yaml", "Service.a.one.yaml"], Directory.GetFiles(_layout.Applied).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        _store.Delete([new ObjectKey(ResourceKinds.Namespace, "", "a")]);

        Assert.Empty(_store.Objects);
        Assert.Empty(Directory.GetFiles(_layout.Applied));
    }

    public void Dispose() => Directory.Delete(_layout.Root, recursive: true);

    private ApplyOutcome Apply(string yaml) => _store.Apply(ManifestReader.ReadText(yaml, "").Documents)[^1].Outcome;

    private string[] Addresses(string name) => [.. _store.Find<ServiceResource>("a", name)!.Spec.ClusterIPs.Where(a => a != "None")];

    private static string Service(string name, string spec = "type: ClusterIP", int port = 80) =>
        $"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: a}}\nspec:\n  selector: {{app: x}}\n  ports: [{{port: {port}}}]\n  {spec}\n";
}
