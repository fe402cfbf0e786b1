using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>One balancer of each kind.</summary>
/// <param name="random">The source of chance; safe for many threads.</param>
internal sealed class Balancers(Random random)
{
    private readonly LeastRequestBalancer _leastRequest = new(random);
    private readonly RoundRobinBalancer _roundRobin = new(random);
    private readonly RandomBalancer _random = new(random);
    private readonly HashBalancer _hash = new(random);

    /// <summary>The source of chance.</summary>
    public Random Random => random;

    /// <summary>The balancer of a kind.</summary>
    /// <param name="kind">The kind; one that makes no choice has the default's, for requests whose address is not that of an endpoint.</param>
    /// <returns>The balancer.</returns>
    public IBalancer Of(LoadBalancerKind kind) => kind switch
    {
        LoadBalancerKind.RoundRobin => _roundRobin,
        LoadBalancerKind.Random => _random,
        LoadBalancerKind.ConsistentHash => _hash,
        _ => _leastRequest,
    };
}
