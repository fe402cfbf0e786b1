using System.Net;

namespace NodeMesh.Proxy.Hosting;

/// <summary>
/// What a proxy in a DaemonSet's pod needs not be told: fields that its file leaves out come from the environment (the pod's own fields, by the downward API) or
/// are where the installation mounts things. So one file, or none, is right for all nodes.
/// </summary>
internal static class ClusterDefaults
{
    /// <summary>Fills in what is missing.</summary>
    /// <param name="text">The file's fields.</param>
    /// <param name="environment">The environment: NODE_NAME, NODE_IPS (or NODE_IP), POD_NAMESPACE.</param>
    /// <param name="resolverFile">The pod's <c>resolv.conf</c>, which names the cluster's DNS (dnsPolicy ClusterFirstWithHostNet).</param>
    /// <returns>All fields that have to be there, and those that the environment knows better than the built-in defaults.</returns>
    /// <exception cref="ProxyConfigurationException">Neither file nor environment names the node or its address.</exception>
    public static ProxyConfigurationText Fill(ProxyConfigurationText text, Func<string, string?> environment, string resolverFile)
    {
        var ns = text.MeshNamespace ?? Find(environment, "POD_NAMESPACE") ?? "nodemesh-system";
        return text with
        {
            Node = text.Node ?? Require(environment, "node", "NODE_NAME"),
            NodeAddresses = text.NodeAddresses ?? (Find(environment, "NODE_IPS") ?? Require(environment, "nodeAddresses", "NODE_IP")).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            MeshNamespace = ns,
            ControlPlane = text.ControlPlane ?? $"https://nodemesh-control.{ns}.svc:15012",
            ControlPlaneServerName = text.ControlPlaneServerName ?? $"nodemesh-control.{ns}.svc",
            RootCertificate = text.RootCertificate ?? "/var/run/secrets/nodemesh/ca/root-cert.pem",
            TokenFile = text.TokenFile ?? "/var/run/secrets/nodemesh/token/token",
            EnrollmentDirectory = text.EnrollmentDirectory ?? "/var/run/nodemesh/enrollments",
            DnsUpstream = text.DnsUpstream ?? NameServers(resolverFile),
        };
    }

    private static string? Find(Func<string, string?> environment, string variable) => environment(variable) is { Length: > 0 } value ? value : null;

    private static string Require(Func<string, string?> environment, string field, string variable) =>
        Find(environment, variable) ?? throw new ProxyConfigurationException($"{field}: missing; give it, or set {variable} from the downward API");

    private static string[] NameServers(string resolverFile)
    {
        try
        {
            return [.. File.ReadLines(resolverFile)
                .Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                .Where(w => w is ["nameserver", var address, ..] && IPAddress.TryParse(address, out _))
                .Select(w => w[1])];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProxyConfigurationException($"dnsUpstream: missing, and {resolverFile} cannot be read: {e.Message}", e);
        }
    }
}
