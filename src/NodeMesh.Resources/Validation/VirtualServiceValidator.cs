using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks VirtualServices.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class VirtualServiceValidator(FindingCollector findings)
{
    /// <summary>The name that stands for all proxies of the mesh among gateways.</summary>
    public const string MeshGateway = "mesh";

    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(VirtualServiceSpec spec)
    {
        var isDelegate = spec.Hosts.IsEmpty;
        var inMesh = spec.Gateways.IsEmpty || spec.Gateways.Contains(MeshGateway);
        if (isDelegate)
        {
            CheckDelegate(spec);
        }

        IstioChecks.CheckGateways(findings, "spec.gateways", spec.Gateways);
        CheckHosts(spec.Hosts, inMesh);
        if (spec.Http.IsEmpty && spec.Tls.IsEmpty && spec.Tcp.IsEmpty)
        {
            findings.Missing("spec", "has no routes; add http, tls or tcp");
        }

        var http = new VirtualServiceHttpValidator(findings, isDelegate, inMesh);
        for (var i = 0; i < spec.Http.Length; i++)
        {
            http.Validate(FieldPath.Index("spec.http", i), spec.Http[i]);
        }

        for (var i = 0; i < spec.Tls.Length; i++)
        {
            CheckTls(FieldPath.Index("spec.tls", i), spec.Tls[i], spec.Hosts);
        }

        for (var i = 0; i < spec.Tcp.Length; i++)
        {
            CheckTcp(FieldPath.Index("spec.tcp", i), spec.Tcp[i]);
        }

        IstioChecks.CheckExportTo(findings, spec.ExportTo);
        new RouteOverlap(findings).Check(spec);
    }

    private void CheckDelegate(VirtualServiceSpec spec)
    {
        foreach (var (field, present) in ((string, bool)[])[("gateways", !spec.Gateways.IsEmpty), ("tls", !spec.Tls.IsEmpty), ("tcp", !spec.Tcp.IsEmpty)])
        {
            if (present)
            {
                findings.Error($"spec.{field}", $"a VirtualService without hosts is a delegate, which has no {field}; add hosts, or remove it");
            }
        }
    }

    private void CheckHosts(ImmutableArray<string> hosts, bool inMesh)
    {
        for (var i = 0; i < hosts.Length; i++)
        {
            var path = FieldPath.Index("spec.hosts", i);
            if (!HostNames.IsWildcardDomain(hosts[i]) && !HostNames.IsAddress(hosts[i]))
            {
                findings.Error(path, $"'{hosts[i]}' is not a host; write such as reviews, shop.example.com or *.example.com");
                continue;
            }

            if (inMesh && hosts[i] == "*")
            {
                findings.Error(path, "'*' would take all traffic of the mesh; name the hosts, or bind it to a gateway");
            }

            var twin = hosts.AsSpan(0, i).ToArray().FirstOrDefault(other => HostNames.Overlap(other, hosts[i]));
            if (twin is not null)
            {
                findings.Error(path, $"'{hosts[i]}' and '{twin}' have hosts in common; keep one of them");
            }
        }
    }

    private void CheckTls(string path, VirtualServiceTlsRoute route, ImmutableArray<string> hosts)
    {
        if (route.Match.IsEmpty)
        {
            findings.Missing($"{path}.match", "is empty; a TLS route needs server names to match");
        }

        for (var i = 0; i < route.Match.Length; i++)
        {
            var match = route.Match[i];
            var at = FieldPath.Index($"{path}.match", i);
            if (match.SniHosts.IsEmpty)
            {
                findings.Missing($"{at}.sniHosts", "is empty; name at least one server name");
            }

            for (var j = 0; j < match.SniHosts.Length; j++)
            {
                CheckServerName(FieldPath.Index($"{at}.sniHosts", j), match.SniHosts[j], hosts);
            }

            CheckConnection(at, match.DestinationSubnets, match.SourceLabels, match.Gateways);
        }

        CheckDestinations(path, route.Route);
    }

    private void CheckServerName(string path, string name, ImmutableArray<string> hosts)
    {
        if (HostNames.IsAddress(name))
        {
            findings.Warn(FindingCodes.Suspicious, path, $"'{name}' is an address, which clients do not send as a server name; use a host name");
        }
        else if (!HostNames.IsWildcardDomain(name))
        {
            findings.Error(path, $"'{name}' is not a server name; write such as shop.example.com or *.example.com");
        }
        else if (!hosts.Any(host => HostNames.IsWithin(name, host)))
        {
            findings.Error(path, $"'{name}' is not within the hosts ({string.Join(", ", hosts)}); add it to spec.hosts");
        }
    }

    private void CheckTcp(string path, VirtualServiceTcpRoute route)
    {
        for (var i = 0; i < route.Match.Length; i++)
        {
            CheckConnection(FieldPath.Index($"{path}.match", i), route.Match[i].DestinationSubnets, route.Match[i].SourceLabels, route.Match[i].Gateways);
        }

        CheckDestinations(path, route.Route);
    }

    private void CheckConnection(string path, ImmutableArray<string> subnets, ImmutableDictionary<string, string> labels, ImmutableArray<string> gateways)
    {
        for (var i = 0; i < subnets.Length; i++)
        {
            if (!IpBlocks.TryParse(subnets[i], out _))
            {
                findings.Error(FieldPath.Index($"{path}.destinationSubnets", i), $"'{subnets[i]}' is not an address or network; write such as 10.0.0.0/8");
            }
        }

        IstioChecks.CheckLabels(findings, $"{path}.sourceLabels", labels);
        IstioChecks.CheckGateways(findings, $"{path}.gateways", gateways);
    }

    private void CheckDestinations(string path, ImmutableArray<RouteDestination> destinations)
    {
        if (destinations.IsEmpty)
        {
            findings.Missing($"{path}.route", "is missing; name at least one destination");
        }

        for (var i = 0; i < destinations.Length; i++)
        {
            IstioChecks.CheckDestination(findings, $"{path}.route[{i}].destination", destinations[i].Destination);
        }

        CheckWeights(findings, $"{path}.route", [.. destinations.Select(d => d.Weight)]);
    }

    /// <summary>Checks the weights of destinations.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="path">The destinations' field.</param>
    /// <param name="weights">The weights.</param>
    public static void CheckWeights(FindingCollector findings, string path, ImmutableArray<int?> weights)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] < 0)
            {
                findings.Error($"{path}[{i}].weight", "is negative; write 0 or more");
            }
        }

        if (weights.Length > 1 && weights.All(w => w is null or 0))
        {
            findings.Error(path, "no destination has a weight, so none would get traffic; give weights that add up to 100");
        }
    }
}
