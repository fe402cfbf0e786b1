using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks Gateways and ListenerSets as the Gateway API's CRDs do.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class GatewayValidator(FindingCollector findings)
{
    /// <summary>Checks a Gateway.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(GatewaySpec spec)
    {
        CheckListeners(spec.Listeners);
        var seen = new HashSet<(string, string)>();
        for (var i = 0; i < spec.Addresses.Length; i++)
        {
            var (type, value) = (spec.Addresses[i].Type ?? "IPAddress", spec.Addresses[i].Value ?? "");
            var path = FieldPath.Index("spec.addresses", i);
            if (value.Length > 0 && !seen.Add((type, value)))
            {
                findings.Error(path, $"{type} '{value}' is there twice; remove one of them");
            }
            else if (type == "IPAddress" && value.Length > 0 && !HostNames.IsAddress(value))
            {
                findings.Error($"{path}.value", $"'{value}' is not an address");
            }
        }

        CheckSelector("spec.allowedListeners.namespaces", spec.AllowedListeners?.Namespaces?.From, spec.AllowedListeners?.Namespaces?.Selector is not null);
    }

    /// <summary>Checks a ListenerSet.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(ListenerSetSpec spec) => CheckListeners(spec.Listeners);

    /// <summary>Checks a BackendTLSPolicy.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(BackendTlsPolicySpec spec)
    {
        for (var i = 0; i < spec.TargetRefs.Length; i++)
        {
            var target = spec.TargetRefs[i];
            var twins = spec.TargetRefs.Take(i).Where(t => (t.Group, t.Kind, t.Name) == (target.Group, target.Kind, target.Name)).ToList();
            var path = FieldPath.Index("spec.targetRefs", i);
            if (twins.Count > 0 && twins.Append(target).Any(t => string.IsNullOrEmpty(t.SectionName)))
            {
                findings.Error(path, $"names {target.Name} again; give sectionName to every reference to it");
            }
            else if (twins.Any(t => t.SectionName == target.SectionName))
            {
                findings.Error(path, $"names the same port of {target.Name} again; remove it");
            }
        }

        var (byReference, wellKnown) = (!spec.Validation.CaCertificateRefs.IsEmpty, !string.IsNullOrEmpty(spec.Validation.WellKnownCACertificates));
        if (byReference == wellKnown)
        {
            findings.Error("spec.validation", "needs one of caCertificateRefs and wellKnownCACertificates; keep one of them");
        }

        for (var i = 0; i < spec.Validation.SubjectAltNames.Length; i++)
        {
            var name = spec.Validation.SubjectAltNames[i];
            new RouteChecks(findings).CheckUnion(
                $"spec.validation.subjectAltNames[{i}]", name.Type, [("Hostname", "hostname", name.Hostname is not null), ("URI", "uri", name.Uri is not null)]);
        }
    }

    private void CheckListeners(ImmutableArray<GatewayListener> listeners)
    {
        var seen = new HashSet<(int, string, string)>();
        for (var i = 0; i < listeners.Length; i++)
        {
            var listener = listeners[i];
            var path = FieldPath.Index("spec.listeners", i);
            if (!seen.Add((listener.Port, listener.Protocol, listener.Hostname ?? "")))
            {
                findings.Error(path, $"port {listener.Port}, {listener.Protocol} and host '{listener.Hostname}' are there already; each listener differs in one of them");
            }

            if (listener.Protocol is "TCP" or "UDP" && !string.IsNullOrEmpty(listener.Hostname))
            {
                findings.Error($"{path}.hostname", $"{listener.Protocol} knows no hosts; remove it");
            }

            CheckTls(path, listener);
            CheckSelector($"{path}.allowedRoutes.namespaces", listener.AllowedRoutes?.Namespaces?.From, listener.AllowedRoutes?.Namespaces?.Selector is not null);
        }
    }

    private void CheckTls(string path, GatewayListener listener)
    {
        switch (listener.Protocol)
        {
            case "HTTP" or "TCP" or "UDP" when listener.Tls is not null:
                findings.Error($"{path}.tls", $"{listener.Protocol} has no TLS; remove it, or use HTTPS or TLS");
                return;
            case "HTTPS" when listener.Tls is { Mode: "Passthrough" }:
                findings.Error($"{path}.tls.mode", "HTTPS is ended at the gateway; use Terminate, or protocol TLS");
                return;
            case "HTTPS" or "TLS" when listener.Tls is null:
                findings.Missing($"{path}.tls", $"is missing; {listener.Protocol} needs it");
                return;
            default:
                break;
        }

        if (listener.Tls is { Mode: null or "Terminate", CertificateRefs.IsEmpty: true, Options.IsEmpty: true })
        {
            findings.Missing($"{path}.tls.certificateRefs", "is missing; mode Terminate needs a certificate");
        }
    }

    private void CheckSelector(string path, string? from, bool present)
    {
        if (from == "Selector" && !present)
        {
            findings.Missing($"{path}.selector", "is missing; 'from: Selector' needs it, and selects nothing without");
        }
    }
}
