using NodeMesh.Cli.Local;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Tests.Local;

public sealed class EffectWarningsTests
{
    [Fact]
    public void Of_WarningOfThisGeneration_NamesFieldAndMessage() =>
        Assert.Equal(["spec.selector: matches nothing"], EffectWarnings.Of(Policy(observed: 2, "WARNING")));

    [Fact]
    public void Of_WarningOfAnOlderGeneration_SaysNothing() => Assert.Empty(EffectWarnings.Of(Policy(observed: 1, "WARNING")));

    [Fact]
    public void Of_Information_SaysNothing() => Assert.Empty(EffectWarnings.Of(Policy(observed: 2, "INFO")));

    private static ManifestMapping Policy(int observed, string level) => ManifestReader.ReadText($$"""
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: p, namespace: shop, generation: 2}
        spec: {}
        status:
          observedGeneration: {{observed}}
          validationMessages:
          - {level: {{level}}, field: spec.selector, message: matches nothing}
        """, "shop").Documents[0].Root;
}
