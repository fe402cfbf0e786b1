using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Sends a copy of requests elsewhere.</summary>
[AtMostOneOf("percent", "fraction")]
[Cel("!(has(self.percent) && has(self.fraction))", "Only one of percent or fraction may be specified in HTTPRequestMirrorFilter")]
public sealed record HttpRequestMirrorFilter
{
    /// <summary>Where copies go.</summary>
    public required BackendObjectReference BackendRef { get; init; }

    /// <summary>Share of requests in percent; all when missing.</summary>
    [InRange(0, 100)]
    public int? Percent { get; init; }

    /// <summary>Share of requests.</summary>
    public Fraction? Fraction { get; init; }
}
