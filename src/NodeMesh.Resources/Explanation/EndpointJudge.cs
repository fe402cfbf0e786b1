using NodeMesh.Model;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Resources.Explanation;

/// <summary>Judges connections to the endpoints of a service.</summary>
/// <param name="mesh">The mesh.</param>
internal sealed class EndpointJudge(ExplainMesh mesh)
{
    /// <summary>The endpoints that take connections, with their own ports.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="subset">The subset; null for all.</param>
    /// <returns>The endpoints.</returns>
    public List<(Workload Workload, int Port)> Usable(Service service, int port, TrafficSubset? subset) =>
        [.. mesh.Model.WorkloadsOf(service.Key)
            .Where(e => (e.Health == WorkloadHealth.Healthy || service.LoadBalancing.AllowUnhealthy) && !e.Addresses.IsEmpty && (subset is null || subset.Includes(e)))
            .Select(e => (Workload: e, Port: EndpointSelector.ResolvePort(service, e, port)))
            .Where(e => e.Port is not null)
            .Select(e => (e.Workload, e.Port!.Value))];

    /// <summary>Judges a connection to each of some endpoints.</summary>
    /// <param name="client">The client.</param>
    /// <param name="endpoints">The endpoints.</param>
    /// <returns>The judgements, in their order.</returns>
    public List<DestinationJudgement> Judge(ExplainClient client, IEnumerable<(Workload Workload, int Port)> endpoints) =>
        [.. endpoints.Select(e => DestinationJudgement.Judge(mesh, client, e.Workload, mesh.PodOf(e.Workload)?.Labels ?? [], e.Workload.Addresses[0], e.Port))];

    /// <summary>Makes one judgement of several: of endpoints whose policies differ one that refuses answers, since what may be refused must not read as allowed.</summary>
    /// <param name="judgements">The judgements; at least one.</param>
    /// <returns>The judgement.</returns>
    public static DestinationJudgement Combine(List<DestinationJudgement> judgements)
    {
        var refused = judgements.Where(j => j.Policies.Verdict != "allow").ToList();
        if (refused.Count == 0 || refused.Count == judgements.Count)
        {
            return judgements[0];
        }

        var note = $"Its endpoints differ: {refused.Count} of {judgements.Count} refuse it; the answer is theirs.";
        return refused[0] with { Policies = refused[0].Policies with { Why = [.. refused[0].Policies.Why, note] } };
    }
}
