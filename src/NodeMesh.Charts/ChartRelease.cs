using System.Collections.Immutable;

namespace NodeMesh.Charts;

/// <summary>For what a chart is rendered.</summary>
public sealed record ChartRelease
{
    /// <summary>The release's name.</summary>
    public string Name { get; init; } = "nodemesh";

    /// <summary>The namespace.</summary>
    public string Namespace { get; init; } = "nodemesh-system";

    /// <summary>Who installs: <c>Helm</c> there, <c>nodemesh</c> here; the label <c>app.kubernetes.io/managed-by</c>.</summary>
    public string Service { get; init; } = "nodemesh";

    /// <summary>The cluster's version.</summary>
    public string KubeVersion { get; init; } = "v1.29.0";

    /// <summary>What the cluster serves, such as <c>policy/v1</c>.</summary>
    public ImmutableArray<string> ApiVersions { get; init; } = ["v1", "apps/v1", "policy/v1", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1"];
}
