namespace NodeMesh.Model.Traffic;

/// <summary>Shares by locality. At most one of its lists says something; all three count only with outlier detection, or for endpoints that are not ready.</summary>
public sealed record LocalityBalancing
{
    /// <summary>False where the mesh's own setting is turned off.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Shares of clients in a locality; the first entry that fits the client counts.</summary>
    public ValueList<LocalityDistribution> Distribute { get; init; }

    /// <summary>To which region the clients of a region turn when their own has no healthy endpoint.</summary>
    public ValueList<LocalityFailover> Failover { get; init; }

    /// <summary>Labels that client and endpoint should share, the most important first; an endpoint's priority is by how many leading ones it does.</summary>
    public ValueList<LabelPriority> FailoverPriority { get; init; }
}
