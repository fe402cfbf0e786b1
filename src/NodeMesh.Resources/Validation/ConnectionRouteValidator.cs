using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks TLSRoutes, TCPRoutes and UDPRoutes.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class ConnectionRouteValidator(FindingCollector findings)
{
    private readonly RouteChecks _checks = new(findings);

    /// <summary>Checks a TCPRoute or UDPRoute.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(ConnectionRouteSpec spec)
    {
        _checks.CheckParents(spec.ParentRefs);
        CheckRules(spec.Rules);
    }

    /// <summary>Checks a TLSRoute.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(TlsRouteSpec spec)
    {
        _checks.CheckParents(spec.ParentRefs);
        for (var i = 0; i < spec.Hostnames.Length; i++)
        {
            if (HostNames.IsAddress(spec.Hostnames[i]))
            {
                findings.Error(FieldPath.Index("spec.hostnames", i), $"'{spec.Hostnames[i]}' is an address, which clients do not send as a server name; use a host name");
            }
        }

        CheckRules(spec.Rules);
    }

    private void CheckRules(ImmutableArray<ConnectionRouteRule> rules)
    {
        _checks.CheckNames(rules.Select(r => r.Name));
        for (var i = 0; i < rules.Length; i++)
        {
            for (var j = 0; j < rules[i].BackendRefs.Length; j++)
            {
                var backend = rules[i].BackendRefs[j];
                _checks.CheckBackend($"spec.rules[{i}].backendRefs[{j}]", backend.Group, backend.Kind, backend.Port);
            }
        }
    }
}
