using Microsoft.Extensions.Logging;
using NodeMesh.Capture;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Identity;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.Resilience;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;
using NodeMesh.Proxy.Tracing;

namespace NodeMesh.Proxy.Hosting;

/// <summary>What a <see cref="DataPath"/> is made of.</summary>
internal sealed record DataPathParts
{
    /// <summary>The proxy's configuration.</summary>
    public required ProxyConfiguration Configuration { get; init; }

    /// <summary>How pods are captured.</summary>
    public required ICapture Capture { get; init; }

    /// <summary>Moves connections within the node in the kernel; null where it is off.</summary>
    public KernelForwarding? Forwarding { get; init; }

    /// <summary>Where certificates come from.</summary>
    public required CertificateStore Certificates { get; init; }

    /// <summary>The model.</summary>
    public required MeshState State { get; init; }

    /// <summary>Takes refusals that come before there is a connection.</summary>
    public required EarlyDenials EarlyDenials { get; init; }

    /// <summary>Who is told of connections.</summary>
    public IReadOnlyList<IConnectionObserver> Observers { get; init; } = [];

    /// <summary>Who is told of requests.</summary>
    public IReadOnlyList<IRequestObserver> RequestObservers { get; init; } = [];

    /// <summary>Begins spans of requests; null where nothing is traced.</summary>
    public RequestTracer? Tracer { get; init; }

    /// <summary>What else runs for each pod, such as DNS.</summary>
    public IReadOnlyList<IPodAttachment> Attachments { get; init; } = [];

    /// <summary>Rate limits that all nodes share; null where there is no control plane that keeps them.</summary>
    public MeshRateLimiter? MeshLimits { get; init; }

    /// <summary>Told of what only the pipeline sees; null for nobody.</summary>
    public IPipelineObserver? Pipeline { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The log.</summary>
    public required ILoggerFactory Log { get; init; }
}
