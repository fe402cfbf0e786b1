using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Resources.Explanation;

/// <summary>What the mesh would do with a request or connection.</summary>
public sealed record ExplainAnswer
{
    /// <summary>The request.</summary>
    public required ExplainRequest Request { get; init; }

    /// <summary>The Service that it is for.</summary>
    public NamespacedName? Service { get; init; }

    /// <summary><c>forward</c>, <c>error</c> or <c>passthrough</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The status of an error; null where the connection is closed without one.</summary>
    public int? Status { get; init; }

    /// <summary>The status of an error in gRPC.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>Where it may go.</summary>
    public ImmutableArray<ExplainBackend> Backends { get; init; } = [];

    /// <summary>How an endpoint is chosen.</summary>
    public string? LoadBalancing { get; init; }

    /// <summary><c>hbone</c> or <c>plaintext</c>; null where it does not leave.</summary>
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
