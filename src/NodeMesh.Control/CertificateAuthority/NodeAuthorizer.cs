using NodeMesh.Control.Discovery;
using NodeMesh.Control.Hosting;
using NodeMesh.Model;

namespace NodeMesh.Control.CertificateAuthority;

/// <summary>
/// Decides what a node's proxy may be: itself, and the service accounts that have a pod on its node. So a stolen token is worth no more than its node.
/// </summary>
internal sealed class NodeAuthorizer(ControlConfiguration configuration, MeshState state)
{
    private readonly SpiffeId _proxy = configuration.ProxyIdentity;

    /// <summary>False until the configuration was read once: what runs where is not known before that.</summary>
    public bool HasConfiguration => state.Current is not null;

    /// <summary>Decides on one request.</summary>
    /// <param name="owner">Whom the token proves; null: nobody.</param>
    /// <param name="impersonated">The identity asked for; null or empty: the caller's own.</param>
    /// <param name="uris">The URIs to certify.</param>
    /// <returns>Null when it is granted; else why not, for the log alone.</returns>
    public string? Decide(TokenOwner? owner, string? impersonated, out IReadOnlyList<string> uris)
    {
        uris = [];
        if (owner is null)
        {
            return "no token, or one that is not known";
        }

        if (!IsProxyAccount(owner.ServiceAccount))
        {
            return $"the token's service account {owner.ServiceAccount} is not that of node proxies";
        }

        if (string.IsNullOrEmpty(impersonated))
        {
            return Own(owner, out uris);
        }

        if (!SpiffeId.TryParse(impersonated, out var wanted))
        {
            return $"'{impersonated}' is not spiffe://<trust domain>/ns/<namespace>/sa/<service account>";
        }

        if (wanted == _proxy)
        {
            return Own(owner, out uris);
        }

        if (wanted.TrustDomain != _proxy.TrustDomain)
        {
            return $"{wanted} is of another trust domain than {_proxy.TrustDomain}";
        }

        if (state.Current is not { } mesh)
        {
            return "the configuration has not been read yet";
        }

        if (!RunsOn(mesh, owner.Node, wanted))
        {
            return $"no pod of {wanted} runs on the node";
        }

        uris = [wanted.ToString()];
        return null;
    }

    private string? Own(TokenOwner owner, out IReadOnlyList<string> uris)
    {
        try
        {
            uris = [_proxy.ToString(), new NodeId(_proxy.TrustDomain, owner.Node).ToString()];
            return null;
        }
        catch (ArgumentException)
        {
            uris = [];
            return $"the node's name '{owner.Node}' cannot be part of an identity";
        }
    }

    private bool IsProxyAccount(string account) =>
        account == $"{_proxy.Namespace}/{_proxy.ServiceAccount}" || account == _proxy.ServiceAccount;

    private static bool RunsOn(CompiledMesh mesh, string node, SpiffeId wanted) =>
        node.Length > 0
        && (mesh.Placements.Contains(new WorkloadPlacement(node, wanted.Namespace, wanted.ServiceAccount))
            || mesh.Workloads.Values.Any(w => w.Node == node && w.Namespace == wanted.Namespace && w.ServiceAccount == wanted.ServiceAccount));
}
