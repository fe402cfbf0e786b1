using NodeMesh.Resources.Validation;

namespace NodeMesh.Cli.Offline;

/// <summary>What <c>nodemesh analyze</c> looks at, and how.</summary>
internal sealed record AnalyzeOptions
{
    /// <summary>What the cluster has; null where none is looked at.</summary>
    public Cluster.ClusterManifests? Cluster { get; init; }

    /// <summary>Files and directories.</summary>
    public IReadOnlyCollection<string> Files { get; init; } = [];

    /// <summary>The namespace whose findings are wanted; null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>The namespace of resources that name none.</summary>
    public string DefaultNamespace { get; init; } = "default";

    /// <summary>Whether a cluster is looked at too.</summary>
    public bool UseKube { get; init; }

    /// <summary>A MeshConfig.</summary>
    public string? MeshConfig { get; init; }

    /// <summary>MeshNetworks.</summary>
    public string? MeshNetworks { get; init; }

    /// <summary>Names of analyzers; all when empty.</summary>
    public IReadOnlyCollection<string> Analyzers { get; init; } = [];

    /// <summary>Whether to name the analyzers only.</summary>
    public bool ListAnalyzers { get; init; }

    /// <summary>Findings to leave out.</summary>
    public IReadOnlyCollection<string> Suppress { get; init; } = [];

    /// <summary>The level from which findings make the command fail.</summary>
    public FindingLevel FailureThreshold { get; init; } = FindingLevel.Error;

    /// <summary>The level from which findings are shown.</summary>
    public FindingLevel OutputThreshold { get; init; } = FindingLevel.Info;

    /// <summary>Whether to print JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Whether to print YAML.</summary>
    public bool Yaml { get; init; }
}
