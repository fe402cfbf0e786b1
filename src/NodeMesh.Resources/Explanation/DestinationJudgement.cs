using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Resources.Explanation;

/// <summary>A judgement with how the connection gets to the workload.</summary>
/// <param name="Policies">What the policies say.</param>
/// <param name="Transport">How it is carried.</param>
/// <param name="Asked">False where the workload is outside the mesh, so that nobody asks its policies.</param>
internal sealed record DestinationJudgement(PolicyJudgement Policies, string Transport, bool Asked)
{
    private const int PermissionDenied = 7;

    /// <summary>Judges a connection to a workload.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="client">The client.</param>
    /// <param name="workload">The workload.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="address">Its address.</param>
    /// <param name="port">Its port.</param>
    /// <returns>The judgement.</returns>
    public static DestinationJudgement Judge(
        ExplainMesh mesh, ExplainClient client, Workload workload, ImmutableDictionary<string, string> labels, IPAddress address, int port)
    {
        if (mesh.PodOf(workload) is not { } pod || !mesh.IsInMesh(pod))
        {
            var outside = $"{workload.Namespace}/{workload.Name} is outside the mesh: the connection reaches it in plaintext, and no policy is asked.";
            return new DestinationJudgement(new PolicyJudgement { Verdict = "allow", Why = [outside] }, "plaintext", false);
        }

        // Where clients are told to come in plaintext, their identity stays behind.
        var tunnel = client.Identity is not null && (client.Insists || workload.TunnelProtocol != TunnelProtocol.None);
        var facts = new ConnectionFacts(tunnel ? client.Identity : null, client.Address, address, port);
        return new DestinationJudgement(mesh.Judge.Judge(mesh.Model, workload, labels, facts), tunnel ? "hbone" : "plaintext", true);
    }

    /// <summary>Makes an answer of a judgement.</summary>
    /// <param name="request">The request.</param>
    /// <param name="judgement">The judgement.</param>
    /// <param name="why">The steps before it.</param>
    /// <returns>The answer.</returns>
    public static ExplainAnswer Answer(ExplainRequest request, DestinationJudgement judgement, IEnumerable<string> why)
    {
        var policies = judgement.Policies;
        var refused = policies.Verdict != "allow";
        ImmutableArray<string> closing = refused && request.IsHttp ? ["A request gets this status; where no route asks to see requests, the connection is closed instead."] : [];
        return new ExplainAnswer
        {
            Request = request,
            Action = refused ? "error" : "forward",
            Status = refused && request.IsHttp ? 403 : null,
            GrpcStatus = refused && request.Protocol == "grpc" ? PermissionDenied : null,
            Transport = judgement.Transport,
            Verdict = judgement.Asked ? policies.Verdict : null,
            DeniedBy = policies.DeniedBy,
            AllowedBy = policies.AllowedBy,
            DryRuns = policies.DryRuns,
            PeerAuthentication = policies.PeerAuthentication,
            Why = [.. why, .. policies.Why, .. closing],
        };
    }
}
