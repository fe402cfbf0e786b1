namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>What the workloads of a group have in common.</summary>
public sealed record WorkloadGroupSpec
{
    /// <summary>Labels and annotations of their WorkloadEntries.</summary>
    public WorkloadGroupMetadata? Metadata { get; init; }

    /// <summary>Their WorkloadEntries.</summary>
    public required WorkloadEntrySpec Template { get; init; }

    /// <summary>How their readiness is told.</summary>
    public WorkloadProbe? Probe { get; init; }
}
