using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks ServiceEntries.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class ServiceEntryValidator(FindingCollector findings)
{
    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(ServiceEntrySpec spec)
    {
        var resolution = spec.Resolution ?? "NONE";
        IstioChecks.CheckSelector(findings, spec.WorkloadSelector);
        CheckHosts(spec, resolution);
        CheckAddresses(spec.Addresses, resolution);
        CheckPorts(spec, resolution);
        CheckEndpoints(spec, resolution);
        if (spec.WorkloadSelector is not null && !spec.Endpoints.IsEmpty)
        {
            findings.Error("spec.workloadSelector", "cannot stand beside endpoints; keep one of them");
        }

        if (spec.WorkloadSelector is not null && resolution is not ("STATIC" or "DYNAMIC_DNS"))
        {
            findings.Warn(FindingCodes.Suspicious, "spec.workloadSelector", $"has no use with resolution {resolution}; use STATIC");
        }

        if (resolution != "NONE" && spec.Hosts.Length > 1 && spec.Ports.Any(p => !IstioChecks.IsHttp(p.Protocol) && !IstioChecks.IsTls(p.Protocol)))
        {
            findings.Error("spec.hosts", "several hosts can be told apart on HTTP and TLS ports only; keep one host, or give the ports such a protocol");
        }

        IstioChecks.CheckExportTo(findings, spec.ExportTo, noneAllowed: true);
    }

    private void CheckHosts(ServiceEntrySpec spec, string resolution)
    {
        for (var i = 0; i < spec.Hosts.Length; i++)
        {
            var host = spec.Hosts[i];
            var path = FieldPath.Index("spec.hosts", i);
            if (host == "*")
            {
                findings.Error(path, "'*' would take all hosts; name them, or write such as *.example.com");
            }
            else if (!HostNames.IsWildcardDomain(host))
            {
                findings.Error(path, $"'{host}' is not a host; write such as api.example.com or *.example.com");
            }
            else if (host.StartsWith('*') && !host.StartsWith("*.", StringComparison.Ordinal))
            {
                findings.Warn(FindingCodes.Suspicious, path, $"'{host}' has a wildcard for part of a label, which works for hosts of HTTP only; write such as *.example.com");
            }
            else if (resolution.StartsWith("DNS", StringComparison.Ordinal) && spec.Endpoints.IsEmpty && host.StartsWith('*'))
            {
                findings.Error(path, $"'{host}' cannot be resolved; name the host, give endpoints, or use resolution NONE or DYNAMIC_DNS");
            }
        }
    }

    private void CheckAddresses(ImmutableArray<string> addresses, string resolution)
    {
        for (var i = 0; i < addresses.Length; i++)
        {
            var path = FieldPath.Index("spec.addresses", i);
            if (!IpBlocks.TryParse(addresses[i], out _))
            {
                findings.Error(path, $"'{addresses[i]}' is not an address or network; write such as 10.0.0.1 or 10.0.0.0/16");
            }
            else if (addresses[i].Contains('/', StringComparison.Ordinal) && resolution is not ("NONE" or "STATIC"))
            {
                findings.Error(path, $"a network needs resolution NONE or STATIC, not {resolution}; write an address");
            }
        }
    }

    private void CheckPorts(ServiceEntrySpec spec, string resolution)
    {
        var numbers = new HashSet<int>();
        for (var i = 0; i < spec.Ports.Length; i++)
        {
            var port = spec.Ports[i];
            var path = FieldPath.Index("spec.ports", i);
            if (!HostNames.IsLabel(port.Name))
            {
                findings.Error($"{path}.name", $"'{port.Name}' is not a name; use letters, digits and '-'");
            }

            if (!numbers.Add(port.Number))
            {
                findings.Error($"{path}.number", $"{port.Number} is there twice");
            }

            if (port.TargetPort is not null && resolution == "NONE")
            {
                findings.Warn(FindingCodes.Suspicious, $"{path}.targetPort", "has no use with resolution NONE, which connects where the client wanted");
            }

            IstioChecks.CheckProtocol(findings, $"{path}.protocol", port.Protocol);
        }
    }

    private void CheckEndpoints(ServiceEntrySpec spec, string resolution)
    {
        if (resolution == "NONE" && !spec.Endpoints.IsEmpty)
        {
            findings.Error("spec.endpoints", "have no use with resolution NONE; use STATIC or DNS, or remove them");
            return;
        }

        if (resolution == "DNS_ROUND_ROBIN" && spec.Endpoints.Length > 1)
        {
            findings.Error("spec.endpoints", "resolution DNS_ROUND_ROBIN takes one endpoint at most; use DNS");
        }

        var ports = spec.Ports.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < spec.Endpoints.Length; i++)
        {
            var path = FieldPath.Index("spec.endpoints", i);
            new WorkloadEntryValidator(findings).Validate(path, spec.Endpoints[i], domainAllowed: resolution != "STATIC");
            foreach (var name in spec.Endpoints[i].Ports.Keys.Where(name => !ports.Contains(name)))
            {
                findings.Error(FieldPath.Key($"{path}.ports", name), $"the service has no port '{name}'; it has {string.Join(", ", ports)}");
            }
        }
    }
}
