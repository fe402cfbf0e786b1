using System.Net;
using NodeMesh.Kubernetes.Http;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests;

/// <summary>Reading and writing, against the real API server.</summary>
public sealed class ResourceTests(ApiServer api)
{
    private ResourceClient<V1ConfigMap> Maps => api.Admin.Resources(KubernetesKinds.ConfigMaps);

    [Fact]
    public async Task Requests_GoOverHttp2()
    {
        using var response = await api.Admin.Transport.OpenAsync(new ApiRequest("get", HttpMethod.Get, "/version"), default);
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("v1.20.2", (await api.Admin.GetVersionAsync()).GitVersion);
    }

    [Fact]
    public async Task Object_IsCreatedReadReplacedAndDeleted()
    {
        var maps = Maps.InNamespace(await api.NamespaceAsync());
        var made = await maps.CreateAsync(ApiServer.ConfigMap("a"));
        Assert.NotNull(made.Metadata.Uid);
        made.Data!["value"] = "2";
        var replaced = await maps.ReplaceAsync(made);
        Assert.NotEqual(made.Metadata.ResourceVersion, replaced.Metadata.ResourceVersion);
        Assert.Equal("2", (await maps.ReadAsync("a")).Data!["value"]);
        await maps.DeleteAsync("a");
        Assert.Null(await maps.FindAsync("a"));
        Assert.False(await maps.DeleteIfExistsAsync("a"));
    }

    [Fact]
    public async Task StaleReplace_IsAConflict()
    {
        var maps = Maps.InNamespace(await api.NamespaceAsync());
        var mine = await maps.CreateAsync(ApiServer.ConfigMap("a"));
        await maps.PatchAsync(V1Patch.Merge("""{"data":{"value":"theirs"}}"""), "a");
        var error = await Assert.ThrowsAsync<KubernetesException>(() => maps.ReplaceAsync(mine));
        Assert.True(error.IsConflict);
        Assert.Equal("Conflict", error.Reason);
    }

    [Fact]
    public async Task SecondCreate_AlreadyExists()
    {
        var maps = Maps.InNamespace(await api.NamespaceAsync());
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        var error = await Assert.ThrowsAsync<KubernetesException>(() => maps.CreateAsync(ApiServer.ConfigMap("a")));
        Assert.True(error.IsAlreadyExists);
        Assert.False(error.IsConflict);
    }

    [Fact]
    public async Task MissingObject_IsNotFoundWithTheServersWords()
    {
        var error = await Assert.ThrowsAsync<KubernetesException>(() => Maps.InNamespace("default").ReadAsync("nowhere"));
        Assert.True(error.IsNotFound);
        Assert.Equal("configmaps \"nowhere\" not found", error.Status.Message);
        Assert.Equal("nowhere", error.Status.Details!.Name);
    }

    [Fact]
    public async Task InvalidObject_NamesTheField()
    {
        var error = await Assert.ThrowsAsync<KubernetesException>(() => Maps.InNamespace("default").CreateAsync(ApiServer.ConfigMap("Bad_Name")));
        Assert.True(error.IsInvalid);
        Assert.Equal("metadata.name", error.Status.Details!.Causes![0].Field);
    }

    [Fact]
    public async Task NamespacedObject_WithoutNamespace_IsRefusedHere() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Maps.ReadAsync("a"));

    [Fact]
    public async Task Patches_ChangeWhatTheyName()
    {
        var maps = Maps.InNamespace(await api.NamespaceAsync());
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        await maps.PatchAsync(V1Patch.Json("""[{"op":"add","path":"/data/json","value":"x"}]"""), "a");
        await maps.PatchAsync(V1Patch.Merge("""{"data":{"merge":"y","value":null}}"""), "a");
        var last = await maps.PatchAsync(V1Patch.StrategicMerge("""{"metadata":{"labels":{"l":"z"}}}"""), "a");
        Assert.Equal(new() { ["json"] = "x", ["merge"] = "y" }, last.Data);
        Assert.Equal("z", last.Metadata.Labels!["l"]);
    }

    [Fact]
    public async Task Apply_OwnsItsFieldsAndLetsThemGo()
    {
        var maps = Maps.InNamespace(await api.NamespaceAsync());
        var both = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "a" }, Data = new() { ["x"] = "1", ["y"] = "1" } };
        await maps.ApplyAsync(both, new WriteOptions { FieldManager = "one" });
        both.Data!.Remove("y");
        var after = await maps.ApplyAsync(both, new WriteOptions { FieldManager = "one" });
        Assert.Equal(["x"], after.Data!.Keys);
    }

    [Fact]
    public async Task Apply_OfAnothersField_IsAConflictUnlessForced()
    {
        var maps = Maps.InNamespace(await api.NamespaceAsync());
        await maps.ApplyAsync(ApiServer.ConfigMap("a", "one"), new WriteOptions { FieldManager = "one" });
        var error = await Assert.ThrowsAsync<KubernetesException>(() => maps.ApplyAsync(ApiServer.ConfigMap("a", "two"), new WriteOptions { FieldManager = "two" }));
        Assert.True(error.IsConflict);
        Assert.Equal(".data.value", error.Status.Details!.Causes![0].Field);
        var forced = await maps.ApplyAsync(ApiServer.ConfigMap("a", "two"), new WriteOptions { FieldManager = "two", Force = true });
        Assert.Equal("two", forced.Data!["value"]);
    }

    [Fact]
    public async Task DryRun_ChangesNothing()
    {
        var maps = Maps.InNamespace(await api.NamespaceAsync());
        await maps.CreateAsync(ApiServer.ConfigMap("a"), new WriteOptions { DryRun = true });
        Assert.Null(await maps.FindAsync("a"));
    }

    [Fact]
    public async Task Delete_OfAnotherObjectOfThatName_IsAConflict()
    {
        var maps = Maps.InNamespace(await api.NamespaceAsync());
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        var error = await Assert.ThrowsAsync<KubernetesException>(() => maps.DeleteAsync("a", new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = "other" } }));
        Assert.True(error.IsConflict);
        Assert.NotNull(await maps.FindAsync("a"));
    }

    [Fact]
    public async Task DeleteCollection_TakesWhatIsSelected()
    {
        var maps = Maps.InNamespace(await api.NamespaceAsync());
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        var labelled = ApiServer.ConfigMap("b");
        labelled.Metadata.Labels = new() { ["gone"] = "soon" };
        await maps.CreateAsync(labelled);
        await maps.DeleteCollectionAsync(new ListOptions { LabelSelector = "gone=soon" });
        Assert.Equal(["a"], (await maps.ListAllAsync()).Items.Select(m => m.Metadata.Name));
    }

    [Fact]
    public async Task StatusSubresource_ChangesStatusAlone()
    {
        var kind = await api.CustomKindAsync("statuses", "Statused");
        var things = api.Admin.Resources(kind).InNamespace(await api.NamespaceAsync());
        var made = await things.CreateAsync(ApiServer.Custom(kind, "a", """{"port":80}"""));
        made["spec"] = ApiServer.Json("""{"port":81}""");
        made["status"] = ApiServer.Json("""{"phase":"One"}""");
        var after = await things.ReplaceStatusAsync(made);
        Assert.Equal(80, after["spec"]!.Value.GetProperty("port").GetInt32());
        Assert.Equal("One", after["status"]!.Value.GetProperty("phase").GetString());
        after = await things.PatchStatusAsync(V1Patch.Merge("""{"status":{"phase":"Two"}}"""), "a");
        Assert.Equal("Two", after["status"]!.Value.GetProperty("phase").GetString());
        var applied = ApiServer.Custom(kind, "a", "null");
        applied["spec"] = null;
        applied["status"] = ApiServer.Json("""{"applied":true}""");
        after = await things.ApplyStatusAsync(applied, new WriteOptions { FieldManager = "status-writer" });
        Assert.True(after["status"]!.Value.GetProperty("applied").GetBoolean());
        Assert.Equal(made.Metadata.Generation, after.Metadata.Generation);
    }

    [Fact]
    public async Task CustomObject_AgainstItsSchema_IsInvalid()
    {
        var kind = await api.CustomKindAsync("schemas", "Schemed");
        var error = await Assert.ThrowsAsync<KubernetesException>(async () =>
            await api.Admin.Resources(kind).InNamespace(await api.NamespaceAsync()).CreateAsync(ApiServer.Custom(kind, "a", """{"port":0}""")));
        Assert.True(error.IsInvalid);
        Assert.Equal("spec.port", error.Status.Details!.Causes![0].Field);
    }

    [Fact]
    public async Task UntypedBuiltIn_KeepsEverything()
    {
        var ns = await api.NamespaceAsync();
        var services = new KubernetesKind("", "v1", "Service", "services", true);
        var made = await api.Admin.Resources(services).InNamespace(ns).CreateAsync(
            KubernetesObject.Parse("""{"metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":"http"}]}}"""));
        Assert.Equal("http", made["spec"]!.Value.GetProperty("ports")[0].GetProperty("targetPort").GetString());
        Assert.NotEqual("", made["spec"]!.Value.GetProperty("clusterIP").GetString());
        var listed = Assert.Single((await api.Admin.Resources(services).InNamespace(ns).ListAsync()).Items);
        Assert.Equal(("v1", "Service"), (listed.ApiVersion, listed.Kind));
    }
}
