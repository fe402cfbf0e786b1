using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis;

/// <summary>What is analysed.</summary>
/// <param name="Manifests">Resources and what reading found; read with <see cref="ManifestOptions.KeepInvalid"/>.</param>
public sealed record AnalysisInput(ManifestSet Manifests)
{
    /// <summary>The mesh's configuration.</summary>
    public MeshConfigFile MeshConfig { get; init; } = MeshConfigFile.Empty;

    /// <summary>The mesh's networks.</summary>
    public MeshConfigFile MeshNetworks { get; init; } = MeshConfigFile.Empty;

    /// <summary>The clock, for certificates.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
