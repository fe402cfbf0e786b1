using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Networking;
using NodeMesh.Model;

namespace NodeMesh.Local.Daemon;

/// <summary>Writes the configurations of the mesh's own processes, and says how they are run.</summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="settings">What was asked for.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="broker">Makes sockets in namespaces.</param>
internal sealed class ComponentFactory(MeshLayout layout, MeshSettings settings, IReadOnlyList<ClusterNode> nodes, NetworkNamespaceBroker broker)
{
    /// <summary>The control plane's name as a component.</summary>
    public const string ControlName = "control-plane";

    /// <summary>What Telemetries call the receiver of spans; on a cluster by default as well.</summary>
    private const string TracingProvider = "otlp";

    private const string ControlServerName = "nodemesh-control.nodemesh-system.svc";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The name of a node's proxy as a component.</summary>
    /// <param name="node">The node's name.</param>
    public static string ProxyName(string node) => $"{node}-proxy";

    /// <summary>Writes all configurations and tokens.</summary>
    public void WriteConfigs()
    {
        var tokens = new JsonObject();
        foreach (var node in nodes)
        {
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            WriteSecret(layout.Token(node.Name), token);
            tokens[Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))] = new JsonObject
            {
                ["node"] = node.Name,
                ["serviceAccount"] = $"{ClusterNames.MeshNamespace}/{ClusterNames.ProxyAccount}",
            };
            WriteSecret(layout.ProxyConfig(node.Name), Merge(ProxyConfig(node), settings.ProxyOptions));
        }

        WriteSecret(layout.TokenMap, tokens.ToJsonString(Json));
        WriteSecret(layout.ControlConfig, Merge(ControlConfig(), settings.ControlOptions));
    }

    /// <summary>The control plane.</summary>
    public ComponentSpec Control() => new(
        ControlName, layout.Name.SwitchNamespace, Path.Combine(settings.Binaries, "nodemesh-control"), ["--config", layout.ControlConfig], ControlReadyAsync);

    /// <summary>A node's proxy.</summary>
    /// <param name="node">The node.</param>
    public ComponentSpec Proxy(ClusterNode node) => new(
        ProxyName(node.Name), layout.Name.NodeNamespace(node.Name), Path.Combine(settings.Binaries, "nodemesh-proxy"),
        ["--config", layout.ProxyConfig(node.Name)], token => ProxyReadyAsync(node, token));

    private JsonObject ControlConfig() => new()
    {
        ["manifests"] = new JsonArray(layout.Applied, layout.Runtime),
        ["statusDirectory"] = layout.Status,
        ["caDirectory"] = layout.CertificateAuthority,
        ["tokens"] = layout.TokenMap,
        ["trustDomain"] = ClusterNames.TrustDomain,
        ["rootNamespace"] = ClusterNames.RootNamespace,
        ["clusterDomain"] = ClusterNames.Domain,
        ["clusterId"] = "Kubernetes",
        ["listen"] = EndPoint(AddressPlan.SwitchV4, MeshPorts.Discovery),
        ["metricsListen"] = EndPoint(AddressPlan.SwitchV4, MeshPorts.ControlMetrics),
        ["logFormat"] = "text",
        ["logLevel"] = "info",
        ["certificateLifetime"] = "24h",
        ["tracingProviders"] = settings.OtlpEndpoint is null ? new JsonArray() : new JsonArray(TracingProvider),
    };

    private JsonObject ProxyConfig(ClusterNode node) => new()
    {
        ["node"] = node.Name,
        ["nodeAddresses"] = new JsonArray([.. node.Addresses.Select(a => JsonValue.Create(a.ToString()))]),
        ["meshNamespace"] = ClusterNames.MeshNamespace,
        ["trustDomain"] = ClusterNames.TrustDomain,
        ["clusterDomain"] = ClusterNames.Domain,
        ["controlPlane"] = $"https://{EndPoint(AddressPlan.SwitchV4, MeshPorts.Discovery)}",
        ["controlPlaneServerName"] = ControlServerName,
        ["rootCertificate"] = layout.RootCertificate,
        ["tokenFile"] = layout.Token(node.Name),
        ["enrollmentDirectory"] = layout.Enrollment(node.Name),
        ["capture"] = settings.Capture,
        ["captureName"] = layout.Name.CaptureName(node.Name),
        ["dnsUpstream"] = new JsonArray(AddressPlan.DnsV4.ToString()),
        ["adminListen"] = EndPoint(IPAddress.Loopback, MeshPorts.Admin),
        ["readinessListen"] = EndPoint(IPAddress.Any, MeshPorts.Readiness),
        ["metricsListen"] = EndPoint(IPAddress.Any, MeshPorts.Metrics),
        ["logFormat"] = "text",
        ["logLevel"] = "info",
        ["accessLog"] = "json",
        ["otlpEndpoint"] = settings.OtlpEndpoint ?? "",
        ["outboundPolicy"] = "ALLOW_ANY",
        ["certificateLifetime"] = "24h",
    };

    private async Task<string?> ControlReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var socket = await ConnectAsync(layout.Name.SwitchNamespace, new IPEndPoint(AddressPlan.SwitchV4, MeshPorts.Discovery), cancellationToken);
            return File.Exists(layout.RootCertificate) ? null : $"it has not written {layout.RootCertificate} yet";
        }
        catch (Exception e) when (e is SocketException or NetworkNamespaceException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"port {MeshPorts.Discovery} does not answer yet ({e.Message})");
        }
    }

    private async Task<string?> ProxyReadyAsync(ClusterNode node, CancellationToken cancellationToken)
    {
        try
        {
            using var handler = new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectCallback = async (context, token) => new NetworkStream(
                    await ConnectAsync(layout.Name.NodeNamespace(node.Name), new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), token), ownsSocket: true),
            };
            using var client = new HttpClient(handler);
            using var response = await client.GetAsync(new Uri($"http://{EndPoint(IPAddress.Loopback, MeshPorts.Readiness)}/healthz/ready"), cancellationToken);
            return response.IsSuccessStatusCode ? null : $"readiness says {(int)response.StatusCode}: {(await response.Content.ReadAsStringAsync(cancellationToken)).Trim()}";
        }
        catch (Exception e) when (e is SocketException or HttpRequestException or IOException or NetworkNamespaceException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"port {MeshPorts.Readiness} does not answer yet ({e.Message})");
        }
    }

    private async Task<Socket> ConnectAsync(string networkNamespace, IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var ns = NetworkNamespace.Open(MeshLayout.NamespacePath(networkNamespace));
        var socket = await broker.CreateSocketAsync(ns, endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp, cancellationToken);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Merge(JsonObject config, IEnumerable<KeyValuePair<string, string>> options)
    {
        foreach (var (key, value) in options)
        {
            config[key] = value;
        }

        return config.ToJsonString(Json);
    }

    // The directory is closed to others already; the file's own mode holds also when it is copied elsewhere.
    private static void WriteSecret(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static string EndPoint(IPAddress address, int port) => new IPEndPoint(address, port).ToString();
}
