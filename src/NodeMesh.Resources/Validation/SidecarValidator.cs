using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks Sidecars.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class SidecarValidator(FindingCollector findings)
{
    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(SidecarSpec spec)
    {
        IstioChecks.CheckSelector(findings, spec.WorkloadSelector);
        if (spec is { Ingress.IsEmpty: true, Egress.IsEmpty: true, OutboundTrafficPolicy: null, InboundConnectionPool: null })
        {
            findings.Missing("spec", "sets nothing; give egress, ingress or outboundTrafficPolicy");
        }

        var ports = new HashSet<int>();
        for (var i = 0; i < spec.Ingress.Length; i++)
        {
            CheckIngress(FieldPath.Index("spec.ingress", i), spec.Ingress[i], ports);
        }

        new DestinationRuleValidator(findings).CheckPool("spec.inboundConnectionPool", spec.InboundConnectionPool);
        ports.Clear();
        for (var i = 0; i < spec.Egress.Length; i++)
        {
            var path = FieldPath.Index("spec.egress", i);
            var egress = spec.Egress[i];
            if (egress.Port is null && i < spec.Egress.Length - 1)
            {
                findings.Error(path, "without a port it is for all ports, and has to be the last; move it to the end, or give it a port");
            }

            CheckPort($"{path}.port", egress.Port, egress.Bind, ports);
            CheckHosts($"{path}.hosts", egress.Hosts);
        }

        if (spec.OutboundTrafficPolicy is { EgressProxy: { } proxy } policy)
        {
            if (policy.Mode != "ALLOW_ANY")
            {
                findings.Error("spec.outboundTrafficPolicy.egressProxy", "is for mode ALLOW_ANY only; set the mode, or remove it");
            }
            else if (proxy.Port is null)
            {
                findings.Missing("spec.outboundTrafficPolicy.egressProxy.port", "is missing; give its number");
            }

            IstioChecks.CheckDestination(findings, "spec.outboundTrafficPolicy.egressProxy", proxy);
        }
    }

    private void CheckIngress(string path, SidecarIngress ingress, HashSet<int> ports)
    {
        CheckPort($"{path}.port", ingress.Port, ingress.Bind, ports);
        if (!string.IsNullOrEmpty(ingress.DefaultEndpoint) && !IsEndpoint(ingress.DefaultEndpoint))
        {
            findings.Error($"{path}.defaultEndpoint", $"'{ingress.DefaultEndpoint}' is no endpoint; write 127.0.0.1:PORT, [::1]:PORT, 0.0.0.0:PORT or unix:///PATH");
        }

        new DestinationRuleValidator(findings).CheckPool($"{path}.connectionPool", ingress.ConnectionPool);
        if (ingress.Tls is not { } tls)
        {
            return;
        }

        new IstioGatewayValidator(findings).CheckTls($"{path}.tls", tls);
        if (tls.Mode is "ISTIO_MUTUAL" or "AUTO_PASSTHROUGH")
        {
            findings.Error($"{path}.tls.mode", $"{tls.Mode} is for gateways; use SIMPLE or MUTUAL");
        }

        if (tls.HttpsRedirect == true || !tls.SubjectAltNames.IsEmpty || !string.IsNullOrEmpty(tls.CredentialName))
        {
            findings.Error($"{path}.tls", "httpsRedirect, subjectAltNames and credentialName are for gateways; remove them");
        }
    }

    private void CheckPort(string path, SidecarPort? port, string? bind, HashSet<int> ports)
    {
        if (port is null)
        {
            return;
        }

        var unix = bind?.StartsWith("unix://", StringComparison.Ordinal) == true;
        if (port.Number is null or 0 ? !unix : false)
        {
            findings.Error($"{path}.number", "is missing; write a number from 1 to 65535, or bind a Unix socket");
        }
        else if (port.Number is > 0 && !ports.Add(port.Number.Value))
        {
            findings.Error($"{path}.number", $"{port.Number} is there twice; put the listeners together");
        }

        if (!string.IsNullOrEmpty(port.Name) && !HostNames.IsLabel(port.Name))
        {
            findings.Error($"{path}.name", $"'{port.Name}' is not a name; use letters, digits and '-'");
        }

        if (port.TargetPort is > 0)
        {
            findings.Error($"{path}.targetPort", "has no use here; remove it");
        }

        IstioChecks.CheckProtocol(findings, $"{path}.protocol", port.Protocol);
        if (!string.IsNullOrEmpty(bind) && !unix && !HostNames.IsAddress(bind))
        {
            findings.Error($"{path[..path.LastIndexOf('.')]}.bind", $"'{bind}' is not an address");
        }
    }

    private void CheckHosts(string path, ImmutableArray<string> hosts)
    {
        if (hosts.IsEmpty)
        {
            findings.Missing(path, "is empty; name at least one host, such as ./* or */*");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < hosts.Length; i++)
        {
            var field = FieldPath.Index(path, i);
            if (hosts[i].Split('/') is not [var ns, var host])
            {
                findings.Error(field, $"'{hosts[i]}' names no namespace; write NAMESPACE/HOST, such as */{hosts[i]} or ./{hosts[i]}");
            }
            else if (ns is not ("*" or "." or "~") && !ResourceNames.IsLabel(ns))
            {
                findings.Error(field, $"'{ns}' is not a namespace; write a name, '.', '*' or '~'");
            }
            else if (!HostNames.IsWildcardDomain(host))
            {
                findings.Error(field, $"'{host}' is not a host; write such as reviews.shop.svc.cluster.local or *");
            }
            else if (!seen.Add($"{(ns == "." ? findings.Document.Namespace : ns)}/{host}"))
            {
                findings.Warn(FindingCodes.Suspicious, field, $"'{hosts[i]}' is there twice; remove one of them");
            }
        }

        if (seen.Contains("*/*") && seen.Count > 1)
        {
            findings.Warn(FindingCodes.Suspicious, path, "'*/*' is everything, so the others have no use; remove them");
        }
    }

    private static bool IsEndpoint(string endpoint)
    {
        if (endpoint.StartsWith("unix://", StringComparison.Ordinal))
        {
            return endpoint.Length > "unix://".Length;
        }

        var colon = endpoint.LastIndexOf(':');
        return colon >= 0
            && endpoint[..colon] is "" or "127.0.0.1" or "0.0.0.0" or "[::1]" or "[::]"
            && int.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is >= 1 and <= 65535;
    }
}
