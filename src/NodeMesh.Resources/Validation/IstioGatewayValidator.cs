using System.Collections.Frozen;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks Gateways of Istio.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class IstioGatewayValidator(FindingCollector findings)
{
    private static readonly FrozenSet<string> CipherSuites = FrozenSet.Create(
        StringComparer.Ordinal, "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA",
        "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA", "DES-CBC3-SHA", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA256", "PSK-AES128-CBC-SHA", "PSK-AES256-CBC-SHA",
        "ECDHE-PSK-AES128-CBC-SHA", "ECDHE-PSK-AES256-CBC-SHA", "ECDHE-PSK-CHACHA20-POLY1305");

    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(IstioGatewaySpec spec)
    {
        if (!HostNames.IsLabel(findings.Document.Name))
        {
            findings.Error("metadata.name", $"'{findings.Document.Name}' is not a name for a gateway; use letters, digits and '-', without dots");
        }

        if (spec.Servers.IsEmpty)
        {
            findings.Missing("spec.servers", "is empty; a gateway needs at least one server");
        }

        IstioChecks.CheckSelectorLabels(findings, "spec.selector", spec.Selector);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.Servers.Length; i++)
        {
            var path = FieldPath.Index("spec.servers", i);
            CheckServer(path, spec.Servers[i]);
            if (!names.Add(spec.Servers[i].Port.Name))
            {
                findings.Error($"{path}.port.name", $"'{spec.Servers[i].Port.Name}' is there twice; rename one of them");
            }
        }
    }

    /// <summary>Checks TLS of a listener.</summary>
    /// <param name="path">The field.</param>
    /// <param name="tls">The settings.</param>
    public void CheckTls(string path, ServerTlsSettings tls)
    {
        if (tls is { MinProtocolVersion: "TLSV1_0" or "TLSV1_1", CipherSuites.IsEmpty: true })
        {
            findings.Warn(FindingCodes.Suspicious, $"{path}.minProtocolVersion", $"{tls.MinProtocolVersion} has no cipher suites by default; name them in cipherSuites");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < tls.CipherSuites.Length; i++)
        {
            if (!CipherSuites.Contains(tls.CipherSuites[i]) || !seen.Add(tls.CipherSuites[i]))
            {
                findings.Warn(FindingCodes.Suspicious, $"{path}.cipherSuites[{i}]", $"'{tls.CipherSuites[i]}' is unknown or there twice, and left out; remove it");
            }
        }

        var files = ((string Field, string? Value)[])
            [("serverCertificate", tls.ServerCertificate), ("privateKey", tls.PrivateKey), ("caCertificates", tls.CaCertificates), ("credentialName", tls.CredentialName)];
        switch (tls.Mode ?? "PASSTHROUGH")
        {
            case "ISTIO_MUTUAL":
                foreach (var (field, _) in files.Where(f => !string.IsNullOrEmpty(f.Value)))
                {
                    findings.Error($"{path}.{field}", "ISTIO_MUTUAL uses the mesh's own certificates; remove it");
                }

                break;
            case "PASSTHROUGH" or "AUTO_PASSTHROUGH":
                foreach (var (field, _) in files.Where(f => !string.IsNullOrEmpty(f.Value)))
                {
                    findings.Warn(FindingCodes.Suspicious, $"{path}.{field}", $"{tls.Mode ?? "PASSTHROUGH"} leaves TLS to the backend, so certificates have no use; remove it, or set another mode");
                }

                break;
            default:
                CheckCertificates(path, tls);
                break;
        }
    }

    private void CheckCertificates(string path, ServerTlsSettings tls)
    {
        if (!string.IsNullOrEmpty(tls.CaCrl) && tls.Mode == "SIMPLE")
        {
            findings.Error($"{path}.caCrl", "SIMPLE asks clients for no certificate; use MUTUAL, or remove it");
        }

        if (!string.IsNullOrEmpty(tls.CredentialName) || !tls.CredentialNames.IsEmpty || !tls.TlsCertificates.IsEmpty)
        {
            return;
        }

        if (string.IsNullOrEmpty(tls.ServerCertificate))
        {
            findings.Missing($"{path}.serverCertificate", $"is missing; {tls.Mode} needs a certificate: give credentialName, or files");
        }

        if (string.IsNullOrEmpty(tls.PrivateKey))
        {
            findings.Missing($"{path}.privateKey", $"is missing; {tls.Mode} needs a key: give credentialName, or files");
        }

        if (tls.Mode is "MUTUAL" or "OPTIONAL_MUTUAL" && string.IsNullOrEmpty(tls.CaCertificates))
        {
            findings.Missing($"{path}.caCertificates", $"is missing; {tls.Mode} needs the authorities of clients");
        }
    }

    private void CheckServer(string path, GatewayServer server)
    {
        if (server.Hosts.IsEmpty)
        {
            findings.Missing($"{path}.hosts", "is empty; name at least one host, or '*'");
        }

        for (var i = 0; i < server.Hosts.Length; i++)
        {
            CheckHost(FieldPath.Index($"{path}.hosts", i), server.Hosts[i]);
        }

        CheckPort(path, server);
        if (server.Tls is { } tls)
        {
            CheckTls($"{path}.tls", tls);
        }

        var protocol = server.Port.Protocol;
        if (!IstioChecks.IsProtocol(protocol))
        {
            return;
        }

        if (IstioChecks.IsTls(protocol) && server.Tls is null)
        {
            findings.Missing($"{path}.tls", $"is missing; a {protocol} port needs TLS settings");
        }
        else if (!IstioChecks.IsTls(protocol) && server.Tls is { } settings)
        {
            var redirectOnly = IstioChecks.IsHttp(protocol) && (settings.Mode is null or "PASSTHROUGH" or "AUTO_PASSTHROUGH")
                && string.IsNullOrEmpty(settings.ServerCertificate) && string.IsNullOrEmpty(settings.PrivateKey) && string.IsNullOrEmpty(settings.CaCertificates);
            if (!redirectOnly)
            {
                findings.Error($"{path}.tls", $"a {protocol} port has no TLS, at most httpsRedirect; use protocol HTTPS or TLS");
            }
        }

        if (server.Tls?.HttpsRedirect == true && !IstioChecks.IsHttp(protocol))
        {
            findings.Warn(FindingCodes.Suspicious, $"{path}.tls.httpsRedirect", "has a use on HTTP ports only; remove it");
        }
    }

    private void CheckHost(string path, string host)
    {
        var parts = host.Split('/');
        if (parts.Length > 2)
        {
            findings.Error(path, $"'{host}' is not a host; write HOST or NAMESPACE/HOST");
        }
        else if (parts.Length == 2 && parts[0] is not ("*" or ".") && !ResourceNames.IsLabel(parts[0]))
        {
            findings.Error(path, $"'{parts[0]}' is not a namespace; write a name, '.' or '*'");
        }
        else if (!HostNames.IsWildcardDomain(parts[^1]) && !HostNames.IsAddress(parts[^1]))
        {
            findings.Error(path, $"'{parts[^1]}' is not a host; write such as shop.example.com, *.example.com or *");
        }
    }

    private void CheckPort(string path, GatewayServer server)
    {
        var unix = server.Bind?.StartsWith("unix://", StringComparison.Ordinal) == true;
        if (!IstioChecks.IsProtocol(server.Port.Protocol))
        {
            findings.Error($"{path}.port.protocol", $"'{server.Port.Protocol}' is no protocol that is known; use one of HTTP, HTTPS, HTTP2, GRPC, TLS, TCP, MONGO, REDIS, MYSQL");
        }

        if (unix ? server.Port.Number != 0 : server.Port.Number == 0)
        {
            findings.Error($"{path}.port.number", unix ? "has to be 0 for a Unix socket" : "is not a port; write a number from 1 to 65535");
        }

        if (server.Port.Name.Length == 0)
        {
            findings.Missing($"{path}.port.name", "is empty; name the port");
        }

        if (server.Port.TargetPort is > 0)
        {
            findings.Error($"{path}.port.targetPort", "has no use here; remove it");
        }

        if (!string.IsNullOrEmpty(server.Bind) && !unix && !HostNames.IsAddress(server.Bind))
        {
            findings.Error($"{path}.bind", $"'{server.Bind}' is not an address");
        }
    }
}
