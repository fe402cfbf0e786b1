using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks WorkloadEntries, also those inside ServiceEntries and WorkloadGroups.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class WorkloadEntryValidator(FindingCollector findings)
{
    private const string UnixPrefix = "unix://";

    /// <summary>Checks a workload.</summary>
    /// <param name="path">Its field.</param>
    /// <param name="entry">The workload.</param>
    /// <param name="domainAllowed">Whether its address may be a DNS name.</param>
    public void Validate(string path, WorkloadEntrySpec entry, bool domainAllowed)
    {
        var address = entry.Address ?? "";
        if (address.Length == 0)
        {
            if (string.IsNullOrEmpty(entry.Network))
            {
                findings.Missing($"{path}.address", "is missing; give an address, or a network with a gateway");
            }
            else
            {
                findings.Warn(FindingCodes.Suspicious, $"{path}.address", $"is missing; the workload is reached through the gateway of network {entry.Network}");
            }
        }
        else if (address.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            CheckSocket(path, address[UnixPrefix.Length..], entry);
        }
        else if (!HostNames.IsAddress(address) && !(domainAllowed && HostNames.IsDomain(address)))
        {
            findings.Error($"{path}.address", $"'{address}' is not {(domainAllowed ? "an address or DNS name" : "an address, which resolution STATIC needs")}");
        }

        ValidateTemplate(path, entry);
    }

    /// <summary>Checks what a workload may have without an address.</summary>
    /// <param name="path">Its field.</param>
    /// <param name="entry">The workload.</param>
    public void ValidateTemplate(string path, WorkloadEntrySpec entry)
    {
        foreach (var name in entry.Ports.Keys.Where(name => !HostNames.IsLabel(name)))
        {
            findings.Error(FieldPath.Key($"{path}.ports", name), $"'{name}' is not the name of a port; use letters, digits and '-'");
        }

        IstioChecks.CheckLabels(findings, $"{path}.labels", entry.Labels);
    }

    /// <summary>Checks a group.</summary>
    /// <param name="spec">The group.</param>
    public void ValidateGroup(WorkloadGroupSpec spec)
    {
        ValidateTemplate("spec.template", spec.Template);
        if (spec.Metadata is { } metadata)
        {
            IstioChecks.CheckLabels(findings, "spec.metadata.labels", metadata.Labels);
        }

        if (spec.Probe is { HttpGet: null, TcpSocket: null, Exec: null, Grpc: null })
        {
            findings.Missing("spec.probe", "says not how to check; give httpGet, tcpSocket, exec or grpc");
        }
    }

    private void CheckSocket(string path, string socket, WorkloadEntrySpec entry)
    {
        if (!socket.StartsWith('@') && !(socket.StartsWith('/') && !socket.EndsWith('/')))
        {
            findings.Error($"{path}.address", $"'{socket}' is not a socket; write unix:///PATH or unix://@NAME");
        }

        if (!entry.Ports.IsEmpty)
        {
            findings.Error($"{path}.ports", "a Unix socket has no ports; remove them");
        }
    }
}
