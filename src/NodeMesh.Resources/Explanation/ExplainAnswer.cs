using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.Routing;

namespace NodeMesh.Resources.Explanation;

/// <summary>What the mesh would do with a request or connection.</summary>
public sealed record ExplainAnswer
{
    /// <summary>The request.</summary>
    public required ExplainRequest Request { get; init; }

    /// <summary>The Service that it is for.</summary>
    public NamespacedName? Service { get; init; }

    /// <summary>The rule that counts; null where no route is for it.</summary>
    public ExplainPolicy? Route { get; init; }

    /// <summary><c>forward</c>, <c>redirect</c>, <c>direct</c>, <c>error</c> or <c>passthrough</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The status of an error; null where the connection is closed without one.</summary>
    public int? Status { get; init; }

    /// <summary>The status of an error in gRPC.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>Where a redirect leads.</summary>
    public string? Location { get; init; }

    /// <summary>Where it may go.</summary>
    public ImmutableArray<ExplainBackend> Backends { get; init; } = [];

    /// <summary>The request as a backend gets it; null where it is forwarded as it came.</summary>
    public ExplainForwarded? Forwarded { get; init; }

    /// <summary>What changes in responses.</summary>
    public HeaderChanges ResponseHeaders { get; init; } = HeaderChanges.None;

    /// <summary>How long the whole request may take; null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long one try may take; null for no limit.</summary>
    public TimeSpan? BackendTimeout { get; init; }

    /// <summary>When it is tried again; null where nobody sees the request.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>Where copies go, and of how many of a hundred requests.</summary>
    public ImmutableArray<(ExplainBackend Backend, double Percent)> Mirrors { get; init; } = [];

    /// <summary>Faults made on purpose.</summary>
    public FaultInjection? Fault { get; init; }

    /// <summary>How an endpoint is chosen.</summary>
    public ExplainLoadBalancing? LoadBalancing { get; init; }

    /// <summary><c>hbone</c>, <c>tls</c> or <c>plaintext</c>; null where it does not leave.</summary>
    public string? Transport { get; init; }

    /// <summary><c>allow</c>, <c>deny</c> or <c>custom</c>; null where nobody is asked.</summary>
    public string? Verdict { get; init; }

    /// <summary>The policy that denied.</summary>
    public ExplainPolicy? DeniedBy { get; init; }

    /// <summary>The policy that allowed.</summary>
    public ExplainPolicy? AllowedBy { get; init; }

    /// <summary>The policies that are only logged.</summary>
    public ImmutableArray<ExplainDryRun> DryRuns { get; init; } = [];

    /// <summary>What is asked of clients at the destination's port.</summary>
    public ExplainPeerAuthentication? PeerAuthentication { get; init; }

    /// <summary>The steps, one sentence each.</summary>
    public ImmutableArray<string> Why { get; init; } = [];
}
