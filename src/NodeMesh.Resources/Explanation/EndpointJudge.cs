using System.Net;
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
        service.LoadBalancing.Mode == LoadBalancingMode.Passthrough
        ? [(new Workload { Uid = $"passthrough/{service.Key}", Name = service.Name, Namespace = service.Namespace, Hostname = service.Hostname }, port)]
        : [.. mesh.Model.WorkloadsOf(service.Key)
            .Where(e => (e.Health == WorkloadHealth.Healthy || service.LoadBalancing.AllowUnhealthy) && !(e.Addresses.IsEmpty && e.Hostname.Length == 0) && (subset is null || subset.Includes(e)))
            .Select(e => (Workload: e, Port: EndpointSelector.ResolvePort(service, e, port)))
            .Where(e => e.Port is not null)
            .Select(e => (e.Workload, e.Port!.Value))];

    /// <summary>Judges a connection to each of some endpoints.</summary>
    /// <param name="client">The client.</param>
    /// <param name="endpoints">The endpoints.</param>
    /// <returns>The judgements, in their order.</returns>
    public List<DestinationJudgement> Judge(ExplainClient client, IEnumerable<(Workload Workload, int Port)> endpoints) =>
        [.. endpoints.Select(e => DestinationJudgement.Judge(mesh, client, e.Workload, mesh.PodOf(e.Workload)?.Labels ?? [], AddressOf(e.Workload), e.Port))];

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

    // An endpoint that is known by name is outside the mesh: no policy asks for its address.
    private static IPAddress AddressOf(Workload workload) => workload.Addresses.IsEmpty ? IPAddress.None : workload.Addresses[0];
}
