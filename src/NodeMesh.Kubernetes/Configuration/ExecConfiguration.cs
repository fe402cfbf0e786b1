using System.Collections.Immutable;

namespace NodeMesh.Kubernetes.Configuration;

/// <summary>A program that tells the credentials (<c>client.authentication.k8s.io</c>).</summary>
public sealed record ExecConfiguration
{
    /// <summary><c>client.authentication.k8s.io/v1</c> or <c>…/v1beta1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The program; a path with a slash is relative to the kubeconfig, a name is looked for on PATH.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Added to its environment.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>It is told of the cluster.</summary>
    public bool ProvideClusterInfo { get; init; }

    /// <summary>Printed when the program is missing.</summary>
    public string? InstallHint { get; init; }

    /// <summary>The kubeconfig and field, for errors.</summary>
    public string Origin { get; init; } = "exec";
}
