using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using NodeMesh.Control.Compilation;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Benchmarks;

/// <summary>What a change of one pod among many costs the control plane: all is compiled again, and what is the same stays the same object.</summary>
[MemoryDiagnoser]
public class MeshCompilerBenchmarks
{
    private readonly MeshCompiler _compiler = new(new MeshSettings());
    private ImmutableArray<ManifestDocument> _before = [];
    private ImmutableArray<ManifestDocument> _after = [];
    private bool _turn;

    [Params(100, 5_000)]
    public int Pods { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _before = Read("True");
        _after = Read("False");
    }

    [Benchmark]
    public CompiledMesh OnePodChanges()
    {
        _turn = !_turn;
        return _compiler.Compile(_turn ? _after : _before, []).Mesh;
    }

    private ImmutableArray<ManifestDocument> Read(string ready)
    {
        var set = ManifestReader.ReadText(Manifests(ready), "in.yaml");
        return set.Findings.IsEmpty ? set.Documents : throw new InvalidOperationException(set.Findings[0].ToString());
    }

    private string Manifests(string ready)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}\n");
        for (var i = 0; i < 50; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{i}, namespace: shop}}\nspec: {{clusterIP: 10.96.0.{i + 1}, selector: {{app: a{i}}}, ports: [{{port: 80, targetPort: 8080}}]}}\n");
        }

        for (var i = 0; i < Pods; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: pod-{i}, namespace: shop, labels: {{app: a{i % 50}}}}}\n");
            text.Append(CultureInfo.InvariantCulture, $"spec: {{nodeName: n{i % 4}, serviceAccountName: sa{i % 50}, containers: [{{name: c}}]}}\n");
            text.Append(CultureInfo.InvariantCulture, $"status: {{podIP: 10.244.{i / 250}.{(i % 250) + 1}, conditions: [{{type: Ready, status: '{(i == 7 ? ready : "True")}'}}]}}\n");
        }

        return text.ToString();
    }
}
