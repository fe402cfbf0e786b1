using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>An extension of an Envoy.</summary>
[Cel("(has(self.selector) ? 1 : 0) + (has(self.targetRef) ? 1 : 0) + (has(self.targetRefs) ? 1 : 0) <= 1", "only one of targetRefs or selector can be set")]
public sealed record WasmPluginSpec
{
    /// <summary>Which workloads.</summary>
    public WorkloadSelector? Selector { get; init; }

    /// <summary>A single target; deprecated in favour of targetRefs.</summary>
    public PolicyTargetReference? TargetRef { get; init; }

    /// <summary>Targets.</summary>
    [Count(0, 16)]
    public ImmutableArray<PolicyTargetReference> TargetRefs { get; init; } = [];

    /// <summary>Where it is: oci, http, https or file.</summary>
    [Length(1, 4096)]
    public required string Url { get; init; }

    /// <summary>Its hash.</summary>
    [Matches(Patterns.Sha256, Patterns.Sha256Words)]
    public string? Sha256 { get; init; }

    /// <summary>When it is fetched.</summary>
    [OneOf("UNSPECIFIED_POLICY", "IfNotPresent", "Always")]
    public string? ImagePullPolicy { get; init; }

    /// <summary>Secret for fetching.</summary>
    [Length(1, 253)]
    public string? ImagePullSecret { get; init; }

    /// <summary>Not served.</summary>
    public string? VerificationKey { get; init; }

    /// <summary>Its configuration.</summary>
    public ManifestNode? PluginConfig { get; init; }

    /// <summary>Its name.</summary>
    [Length(1, 256)]
    public string? PluginName { get; init; }

    /// <summary>Its place among the filters.</summary>
    [OneOf("UNSPECIFIED_PHASE", "AUTHN", "AUTHZ", "STATS")]
    public string? Phase { get; init; }

    /// <summary>Its place in the phase; higher first.</summary>
    public int? Priority { get; init; }

    /// <summary>What becomes of traffic when it fails.</summary>
    [OneOf("FAIL_CLOSE", "FAIL_OPEN", "FAIL_RELOAD")]
    public string? FailStrategy { get; init; }

    /// <summary>Its environment.</summary>
    public WasmVmConfig? VmConfig { get; init; }

    /// <summary>Which traffic.</summary>
    public ImmutableArray<WasmTrafficSelector> Match { get; init; } = [];

    /// <summary>What it extends.</summary>
    [OneOf("UNSPECIFIED_PLUGIN_TYPE", "HTTP", "NETWORK")]
    public string? Type { get; init; }
}
