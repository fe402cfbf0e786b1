using NodeMesh.Resources.Crds;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Tests.Crds;

public sealed class CrdGeneratorTests
{
    private static readonly CrdGenerator Generator = new(KindDescriptions.Load());

    public static TheoryData<string> Files => [.. CrdGenerator.Kinds.Select(CrdGenerator.FileName)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Deploy_HasWhatTheKindsSay(string file)
    {
        var kind = CrdGenerator.Kinds.Single(k => CrdGenerator.FileName(k) == file);

        var written = File.ReadAllText(Path.Combine(RepositoryFiles.Find("deploy/crds"), file));

        Assert.Equal(ManifestWriter.ToYaml(Generator.Generate(kind)), written);
    }

    [Fact]
    public void Deploy_HasNoOtherFiles() =>
        Assert.Equal(
            CrdGenerator.Kinds.Select(CrdGenerator.FileName).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(RepositoryFiles.Find("deploy/crds")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void Schema_IsStructuralAndDescribed(string file)
    {
        var crd = Generator.Generate(CrdGenerator.Kinds.Single(k => CrdGenerator.FileName(k) == file));
        var version = (ManifestMapping)((ManifestSequence)crd.At("spec", "versions")!).Items[0];

        CheckSchema(version.At("schema", "openAPIV3Schema", "properties", "spec")!, file, described: true);
        Assert.Equal("true", ((ManifestScalar)version["storage"]!).Text);
    }

    /// <summary>Kinds whose status has conditions of our own; that of routes has parents, and gateways are others'.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void KindOfWhichPeopleAreTold_ShowsInAListWhetherItIsAccepted(string file)
    {
        var kind = CrdGenerator.Kinds.Single(k => CrdGenerator.FileName(k) == file);
        var version = (ManifestMapping)((ManifestSequence)Generator.Generate(kind).At("spec", "versions")!).Items[0];
        var columns = ((ManifestSequence)version["additionalPrinterColumns"]!).Items.Select(c => ((ManifestScalar)c.At("name")!).Text);

        Assert.Contains("Age", columns);
        if (version["subresources"] is not null && kind.Group != MeshGroups.GatewayApi)
        {
            Assert.Contains("Accepted", columns);
        }
    }

    [Fact]
    public void HttpRoute_HasConstraintsColumnsAndNames()
    {
        var crd = ManifestWriter.ToYaml(Generator.Generate(ResourceKinds.HttpRoute));

        Assert.Contains("name: httproutes.gateway.networking.k8s.io", crd, StringComparison.Ordinal);
        Assert.Contains("- mesh", crd, StringComparison.Ordinal);
        Assert.Contains("Must have port for Service reference", crd, StringComparison.Ordinal);
        Assert.Contains("maximum: 65535", crd, StringComparison.Ordinal);
        Assert.Contains("jsonPath: .spec.hostnames", crd, StringComparison.Ordinal);
    }

    // What the API server asks of structural schemas: every level has a type, unless it takes integers and strings.
    private static void CheckSchema(ManifestNode schema, string path, bool described)
    {
        Assert.True(schema.At("type") is not null || schema.At("x-kubernetes-int-or-string") is not null, $"{path} has no type");
        Assert.True(!described || schema.At("description") is ManifestScalar { Text.Length: > 0 }, $"{path} has no description");
        foreach (var property in (schema.At("properties") as ManifestMapping)?.Entries ?? [])
        {
            CheckSchema(property.Value, $"{path}.{property.Key}", described: true);
        }

        foreach (var below in ((string[])["items", "additionalProperties"]).Select(key => schema.At(key)).OfType<ManifestNode>())
        {
            CheckSchema(below, $"{path}[]", described: false);
        }
    }
}
