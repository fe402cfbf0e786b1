using System.Text.Json;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Tests.Manifests;

public sealed class ManifestWriterTests
{
    private static readonly PodResource Pod = new()
    {
        Metadata = new ObjectMeta { Name = "web-1", Namespace = "shop", CreationTimestamp = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) },
        Spec = new PodSpec
        {
            Containers = [new Container { Name = "c", Args = ["80", "true", "yes", "a\nb\n", ""], ReadinessProbe = new Probe { TcpSocket = new TcpSocketAction { Port = 80 } } }],
            Volumes = [new Volume { Name = "e", EmptyDir = new EmptyDirVolumeSource() }],
        },
        Status = new PodStatus { PodIPs = [new PodIP { Ip = "10.0.0.1" }], Conditions = [new Condition { Type = "Ready", Status = "True" }] },
    };

    [Fact]
    public void ToYaml_TypedResource_ReadsBackTheSame()
    {
        var set = ManifestReader.ReadText(ManifestWriter.ToYaml(Pod), "in.yaml");

        Assert.Empty(set.Findings);
        var document = Assert.Single(set.Documents);
        Assert.True(ManifestWriter.ToNode(Pod).DeepEquals(document.Root));
        var back = Assert.IsType<PodResource>(document.Resource);
        Assert.Equal(Pod.Spec.Containers[0].Args, back.Spec.Containers[0].Args);
        Assert.NotNull(back.Spec.Volumes[0].EmptyDir);
    }

    [Fact]
    public void ToYaml_StartsWithApiVersionKindAndMetadata() =>
        Assert.StartsWith("apiVersion: v1\nkind: Pod\nmetadata:\n", ManifestWriter.ToYaml(Pod), StringComparison.Ordinal);

    [Fact]
    public void ToJson_IsJsonWithTypedScalars()
    {
        using var json = JsonDocument.Parse(ManifestWriter.ToJson(ManifestWriter.ToNode(Pod)));

        var container = json.RootElement.GetProperty("spec").GetProperty("containers")[0];
        Assert.Equal(80, container.GetProperty("readinessProbe").GetProperty("tcpSocket").GetProperty("port").GetInt32());
        Assert.Equal("true", container.GetProperty("args")[1].GetString());
    }

    [Theory]
    [InlineData("0644", "420")]
    [InlineData("0x10", "16")]
    [InlineData("+5", "5")]
    [InlineData("1e3", "1000")]
    [InlineData("1.50", "1.5")]
    [InlineData("TRUE", "true")]
    [InlineData("~", "null")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"")]
    [InlineData("2026-01-01", "\"2026-01-01\"")]
    [InlineData("\"0644\"", "\"0644\"")]
    [InlineData("!!str 5", "\"5\"")]
    public void ToJson_YamlScalars_AreWhatKubernetesTakesThemFor(string yaml, string json)
    {
        var set = ManifestReader.ReadText($"apiVersion: x.io/v1\nkind: X\nmetadata: {{name: x}}\nspec: {{a: {yaml}}}", "in.yaml");

        var node = Assert.Single(set.Documents).Root.At("spec", "a");

        Assert.Equal(json + "\n", ManifestWriter.ToJson(node!));
    }

    [Fact]
    public void With_Status_ReplacesOrAddsIt()
    {
        var root = ManifestWriter.ToNode(Pod);

        var changed = root.With("status", new ManifestMapping([new ManifestEntry("phase", ManifestScalar.String("Failed"))]));

        Assert.Equal("Failed", Assert.IsType<ManifestScalar>(changed.At("status", "phase")).Text);
        Assert.Null(root.At("status", "phase"));
        Assert.Equal(root.Entries.Select(e => e.Key), changed.Entries.Select(e => e.Key));
    }
}
