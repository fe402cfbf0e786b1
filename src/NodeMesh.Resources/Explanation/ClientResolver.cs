using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Explanation;

/// <summary>Finds out who a client is.</summary>
/// <param name="settings">The mesh.</param>
/// <param name="mesh">Its resources.</param>
internal sealed class ClientResolver(MeshSettings settings, ExplainMesh mesh)
{
    // Of 240.0.0.0/4, which nobody has (RFC 1112 section 4).
    private static readonly IPAddress UnknownAddress = new([247, 255, 255, 254]);

    /// <summary>Finds it out.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ExplainException">What is said of it cannot be.</exception>
    public ExplainClient Resolve(ExplainRequest request)
    {
        if (request.From is not { } from)
        {
            return new ExplainClient(null, UnknownAddress, false, Placement(null, ""), ["The client is outside the mesh: it comes in plaintext, without an identity."]) { IsOutside = request.SaysOutside };
        }

        var pod = mesh.FindClient(from);
        var workload = pod is null ? null : mesh.WorkloadOf(pod);
        var ns = from.Namespace ?? pod?.Namespace;
        var joins = pod is not null ? mesh.IsInMesh(pod) : ns is not null && mesh.JoinsMesh(ns, from.Labels);
        SpiffeId? identity = null;
        if (request.MutualTls != false && !from.NoPrincipal)
        {
            identity = from.Principal is { } principal ? ParsePrincipal(principal)
                : ns is not null && (joins || request.MutualTls == true) ? Identity(from, ns, from.ServiceAccount ?? workload?.ServiceAccount ?? "default")
                : null;
        }

        var why = new List<string> { Describe(request, from, identity, ns) };
        if (from.Pod is { } wanted && pod is null && from.ServiceAccount is null && from.Principal is null)
        {
            why.Add($"There is no pod, and nothing that makes pods, of the name {wanted}{(ns is null ? "" : $" in namespace {ns}")}: the client is taken for one of the service account default.");
        }

        if (from.RemoteAddress is { } remote && from.Address is { } own && !remote.Equals(own))
        {
            why.Add($"A connection does not show the remote address {remote}: policies see {own}.");
        }

        return new ExplainClient(
            identity, from.Address ?? workload?.Addresses[0] ?? from.RemoteAddress ?? UnknownAddress, request.MutualTls == true || from.Principal is not null, Placement(workload, ns ?? ""), [.. why])
        {
            Labels = from.Labels.IsEmpty ? pod?.Labels ?? [] : from.Labels,
        };
    }

    private static string Describe(ExplainRequest request, ExplainSource from, SpiffeId? identity, string? ns)
    {
        if (identity is { } known)
        {
            return $"The client is in the mesh and proves the identity {known.Principal}.";
        }

        var reason = request.MutualTls == false ? "the request says that it does not use mutual TLS"
            : from.NoPrincipal ? "the request says that it has no identity"
            : ns is null ? "nothing tells its namespace"
            : $"neither it nor namespace {ns} is labelled for the mesh";
        return $"The client comes in plaintext, without an identity: {reason}.";
    }

    private static SpiffeId ParsePrincipal(string principal) =>
        SpiffeId.TryParse(principal.StartsWith("spiffe://", StringComparison.Ordinal) ? principal : $"spiffe://{principal}", out var id)
            ? id
            : throw new ExplainException($"from.principal: '{principal}' is not <trust domain>/ns/<namespace>/sa/<service account>");

    private SpiffeId Identity(ExplainSource from, string ns, string account)
    {
        try
        {
            return new SpiffeId(from.TrustDomain ?? settings.TrustDomain, ns, account);
        }
        catch (ArgumentException error)
        {
            throw new ExplainException($"from: {error.Message}", error);
        }
    }

    private ClientPlacement Placement(Workload? workload, string ns) =>
        workload is not null ? ClientPlacement.Of(workload) : new ClientPlacement(ns, "", Locality.Unknown, settings.ClusterId, "");
}
