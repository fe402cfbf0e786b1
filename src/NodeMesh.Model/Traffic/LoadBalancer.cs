namespace NodeMesh.Model.Traffic;

/// <summary>How an endpoint is chosen.</summary>
public sealed record LoadBalancer
{
    /// <summary>The choice.</summary>
    public LoadBalancerKind Kind { get; init; } = LoadBalancerKind.LeastRequest;

    /// <summary>What a consistent hash is made of and how; set with <see cref="LoadBalancerKind.ConsistentHash"/> alone.</summary>
    public ConsistentHash? Hash { get; init; }

    /// <summary>The share of endpoints by locality; null says nothing.</summary>
    public LocalityBalancing? Locality { get; init; }

    /// <summary>How a new endpoint gets its share little by little; null for at once.</summary>
    public SlowStart? SlowStart { get; init; }
}
