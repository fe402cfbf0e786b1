using System.Collections.Immutable;

namespace NodeMesh.Resources.Explanation;

/// <summary>What policies say of a connection to one workload.</summary>
internal sealed record PolicyJudgement
{
    /// <summary><c>allow</c>, <c>deny</c> or <c>custom</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>The policy that denied.</summary>
    public ExplainPolicy? DeniedBy { get; init; }

    /// <summary>The policy that allowed.</summary>
    public ExplainPolicy? AllowedBy { get; init; }

    /// <summary>The policies that are only logged.</summary>
    public ImmutableArray<ExplainDryRun> DryRuns { get; init; } = [];

    /// <summary>What is asked of clients.</summary>
    public ExplainPeerAuthentication? PeerAuthentication { get; init; }

    /// <summary>The steps.</summary>
    public ImmutableArray<string> Why { get; init; } = [];
}
