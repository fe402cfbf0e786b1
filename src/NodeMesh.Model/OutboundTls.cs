using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Model;

/// <summary>TLS that the client's node speaks to an endpoint outside the mesh.</summary>
/// <param name="Settings">How.</param>
/// <param name="ServerName">The server name that is sent; empty for none.</param>
/// <param name="SubjectAltNames">Names of which the server's certificate must have one.</param>
/// <param name="ApplicationProtocol">The application protocol that is offered (ALPN); empty for none.</param>
public sealed record OutboundTls(ClientTls Settings, string ServerName, ValueList<string> SubjectAltNames, string ApplicationProtocol)
{
    /// <summary>Adds TLS to a decision where policy asks for it. Connections within the mesh are in a tunnel and have none.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="settings">What policy says; null for nothing.</param>
    /// <param name="name">The host that the connection names; empty where it names none.</param>
    /// <param name="applicationProtocol">The application protocol that is spoken; empty for bytes that nobody reads.</param>
    /// <returns>The decision.</returns>
    public static OutboundDecision Apply(OutboundDecision decision, ClientTls? settings, string name, string applicationProtocol = "")
    {
        ArgumentNullException.ThrowIfNull(decision);
        if (settings is null or { Mode: ClientTlsMode.Disable } || decision.Route is not (OutboundRoute.PlainTcp or OutboundRoute.Passthrough))
        {
            return decision;
        }

        var host = decision.Service?.Hostname is { } known && !HostPattern.IsPattern(known) ? known : name;
        var serverName = settings.Sni.Length > 0 ? settings.Sni : host;
        return decision with { Tls = new OutboundTls(settings, serverName, NamesOf(decision, settings, serverName), applicationProtocol) };
    }

    private static ValueList<string> NamesOf(OutboundDecision decision, ClientTls settings, string serverName)
    {
        if (!settings.SubjectAltNames.IsEmpty)
        {
            return settings.SubjectAltNames;
        }

        if (decision.Service is { SubjectAltNames.IsEmpty: false } service)
        {
            return [.. service.SubjectAltNames];
        }

        if (settings.Mode == ClientTlsMode.Mesh)
        {
            return decision.Workload is { } workload ? [workload.Identity.ToString()] : [];
        }

        return serverName.Length > 0 ? [serverName] : [];
    }
}
