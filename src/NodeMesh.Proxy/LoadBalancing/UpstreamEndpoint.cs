using NodeMesh.Model;
using NodeMesh.Model.Balancing;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>What this node knows of one endpoint of an <see cref="UpstreamCluster"/>: what is under way there, and how it has behaved. Lives as long as the endpoint takes traffic.</summary>
/// <param name="workload">The workload.</param>
/// <param name="port">Its own port.</param>
/// <param name="began">When it began to take traffic; null for an endpoint that is warm.</param>
internal sealed class UpstreamEndpoint(Workload workload, int port, long? began)
{
    private int _active;
    private volatile bool _ejected;
    private volatile bool _unhealthy;

    /// <summary>The workload, as the model has it now.</summary>
    public Workload Workload { get; set; } = workload;

    /// <summary>Its own port.</summary>
    public int Port { get; } = port;

    /// <summary>The lasting name.</summary>
    public string Uid { get; } = workload.Uid;

    /// <summary>The lasting name as a number that is the same on every node and tells clients nothing.</summary>
    public ulong Key { get; } = StableHash.Of(workload.Uid);

    /// <summary>When it began to take traffic; null when it is warm.</summary>
    public long? Began { get; set; } = began;

    /// <summary>Requests, and connections without requests, under way.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>How it has behaved.</summary>
    public EndpointRecord Record { get; } = new();

    /// <summary>True while outlier detection leaves it out.</summary>
    public bool IsEjected
    {
        get => _ejected;
        set => _ejected = value;
    }

    /// <summary>True while active health checks fail.</summary>
    public bool FailsChecks
    {
        get => _unhealthy;
        set => _unhealthy = value;
    }

    /// <summary>What the last health check found wrong; null for nothing.</summary>
    public string? Problem { get; set; }

    /// <summary>True when nothing speaks against it.</summary>
    public bool IsUsable => !_ejected && !_unhealthy;

    /// <summary>Counts something that begins.</summary>
    public void Enter() => Interlocked.Increment(ref _active);

    /// <summary>Counts its end.</summary>
    public void Exit() => Interlocked.Decrement(ref _active);
}
