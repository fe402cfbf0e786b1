using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Hosting;

/// <summary>Reads the proxy's configuration file.</summary>
internal static class ProxyConfigurationFile
{
    private const string ResolverFile = "/etc/resolv.conf";

    private static readonly string[] LogLevels = ["trace", "debug", "info", "warn", "error", "off"];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ProxyConfigurationException">It cannot be read, has an unknown or missing field, or a field has a bad value.</exception>
    public static ProxyConfiguration Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (ProxyConfigurationException e)
        {
            throw new ProxyConfigurationException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProxyConfigurationException($"--config {path}: {e.Message}", e);
        }
    }

    /// <summary>Reads the file of a proxy on a cluster: what it leaves out, the environment tells.</summary>
    /// <param name="path">The file; null where there is none.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ProxyConfigurationException">As for <see cref="Load"/>.</exception>
    public static ProxyConfiguration LoadOnCluster(string? path)
    {
        try
        {
            var text = path is null ? new ProxyConfigurationText() : ReadText(File.ReadAllText(path));
            return Check(ClusterDefaults.Fill(text, Environment.GetEnvironmentVariable, ResolverFile));
        }
        catch (ProxyConfigurationException e) when (path is not null)
        {
            throw new ProxyConfigurationException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProxyConfigurationException($"--config {path}: {e.Message}", e);
        }
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="json">The text.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ProxyConfigurationException">As for <see cref="Load"/>.</exception>
    public static ProxyConfiguration Parse(string json) => Check(ReadText(json));

    private static ProxyConfigurationText ReadText(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ProxyConfigurationText>(json, ProxyConfigurationText.Format)
                ?? throw new ProxyConfigurationException("the file is empty");
        }
        catch (JsonException e)
        {
            throw new ProxyConfigurationException(e.Message, e);
        }
    }

    private static ProxyConfiguration Check(ProxyConfigurationText text)
    {
        var configuration = Translate(text);
        Check("node", configuration.Node, () => configuration.NodeIdentity);
        Check("trustDomain or meshNamespace", $"{configuration.TrustDomain}, {configuration.MeshNamespace}", () => configuration.Identity);
        return configuration;
    }

    private static ProxyConfiguration Translate(ProxyConfigurationText text)
    {
        var defaults = new ProxyConfiguration
        {
            Node = Required("node", text.Node),
            NodeAddresses = Each("nodeAddresses", text.NodeAddresses, ParseAddress),
            ControlPlane = ParseUri("controlPlane", Required("controlPlane", text.ControlPlane)),
            RootCertificate = Required("rootCertificate", text.RootCertificate),
            TokenFile = Required("tokenFile", text.TokenFile),
            EnrollmentDirectory = Required("enrollmentDirectory", text.EnrollmentDirectory),
        };
        if (defaults.NodeAddresses.IsEmpty)
        {
            throw new ProxyConfigurationException("nodeAddresses: missing; give the node's own address, such as [\"172.18.1.1\"]");
        }

        return defaults with
        {
            MeshNamespace = text.MeshNamespace ?? defaults.MeshNamespace,
            TrustDomain = text.TrustDomain ?? defaults.TrustDomain,
            ClusterDomain = text.ClusterDomain ?? defaults.ClusterDomain,
            ClusterId = text.ClusterId ?? defaults.ClusterId,
            ControlPlaneServerName = text.ControlPlaneServerName ?? defaults.ControlPlaneServerName,
            Capture = OneOf("capture", text.Capture ?? defaults.Capture, "auto", "iptables", "ebpf"),
            InKernelForwarding = OneOf("inKernelForwarding", text.InKernelForwarding ?? "enabled", "enabled", "proxied", "disabled") switch
            {
                "enabled" => InKernelForwarding.Enabled,
                "proxied" => InKernelForwarding.Proxied,
                _ => InKernelForwarding.Disabled,
            },
            CaptureName = text.CaptureName is null ? null : ParseFileName("captureName", text.CaptureName),
            DnsUpstream = Each("dnsUpstream", text.DnsUpstream, (field, value) => ParseEndPoint(field, value, 53)),
            AdminListen = text.AdminListen is null ? defaults.AdminListen : ParseEndPoint("adminListen", text.AdminListen, MeshPorts.Admin),
            ReadinessListen = text.ReadinessListen is null ? defaults.ReadinessListen : ParseEndPoint("readinessListen", text.ReadinessListen, MeshPorts.Readiness),
            MetricsListen = text.MetricsListen is null ? defaults.MetricsListen : ParseEndPoint("metricsListen", text.MetricsListen, MeshPorts.Metrics),
            LogFormat = OneOf("logFormat", text.LogFormat ?? defaults.LogFormat, "json", "text"),
            LogLevel = OneOf("logLevel", text.LogLevel ?? defaults.LogLevel, LogLevels),
            AccessLog = OneOf("accessLog", text.AccessLog ?? defaults.AccessLog, "json", "text", "off"),
            OtlpEndpoint = string.IsNullOrEmpty(text.OtlpEndpoint) ? null : ParseCollector("otlpEndpoint", text.OtlpEndpoint),
            TraceSampling = text.TraceSampling is null or (>= 0 and <= 100)
                ? text.TraceSampling ?? defaults.TraceSampling
                : throw new ProxyConfigurationException($"traceSampling: {text.TraceSampling} is no percentage from 0 to 100"),
            RegistryOnly = OneOf("outboundPolicy", text.OutboundPolicy ?? "ALLOW_ANY", "ALLOW_ANY", "REGISTRY_ONLY") == "REGISTRY_ONLY",
            CertificateLifetime = text.CertificateLifetime is null ? defaults.CertificateLifetime : ParseDuration("certificateLifetime", text.CertificateLifetime),
            Limits = Limits(text, defaults.Limits),
        };
    }

    private static ProxyLimits Limits(ProxyConfigurationText text, ProxyLimits defaults) => defaults with
    {
        ConnectionsPerPod = text.ConnectionsPerPod is null or > 0
            ? text.ConnectionsPerPod ?? defaults.ConnectionsPerPod
            : throw new ProxyConfigurationException($"connectionsPerPod: {text.ConnectionsPerPod} is not positive"),
        HalfCloseTimeout = text.HalfCloseTimeout is null ? defaults.HalfCloseTimeout : ParseDuration("halfCloseTimeout", text.HalfCloseTimeout),
        IdleTimeout = text.IdleTimeout is null ? defaults.IdleTimeout : ParseDuration("idleTimeout", text.IdleTimeout),
        DrainTimeout = text.DrainTimeout is null ? defaults.DrainTimeout : ParseDuration("drainTimeout", text.DrainTimeout),
        ConnectTimeout = text.ConnectTimeout is null ? defaults.ConnectTimeout : ParseDuration("connectTimeout", text.ConnectTimeout),
    };

    private static string Required(string field, string? value) =>
        string.IsNullOrWhiteSpace(value) ? throw new ProxyConfigurationException($"{field}: missing") : value;

    private static string OneOf(string field, string value, params string[] allowed) =>
        allowed.Contains(value, StringComparer.Ordinal) ? value : throw new ProxyConfigurationException($"{field}: '{value}' is none of {string.Join(", ", allowed)}");

    private static ImmutableArray<T> Each<T>(string field, IReadOnlyList<string>? values, Func<string, string, T> parse) =>
        [.. (values ?? []).Select((value, i) => parse($"{field}[{i}]", value))];

    private static IPAddress ParseAddress(string field, string value) =>
        IPAddress.TryParse(value, out var address) ? address : throw new ProxyConfigurationException($"{field}: '{value}' is not an IP address");

    /// <summary>It becomes the name of a directory.</summary>
    private static string ParseFileName(string field, string value) =>
        value.Length is > 0 and <= 128 && value[0] != '.' && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? value
            : throw new ProxyConfigurationException($"{field}: '{value}' is not a name of letters, digits, dashes and dots");

    private static IPEndPoint ParseEndPoint(string field, string value, int defaultPort)
    {
        if (!IPEndPoint.TryParse(value, out var endpoint))
        {
            throw new ProxyConfigurationException($"{field}: '{value}' is not address:port");
        }

        return endpoint.Port == 0 && !value.EndsWith(":0", StringComparison.Ordinal) ? new IPEndPoint(endpoint.Address, defaultPort) : endpoint;
    }

    private static Uri ParseUri(string field, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
            ? uri
            : throw new ProxyConfigurationException($"{field}: '{value}' is not an https URL, such as https://172.18.0.1:15012");

    private static Uri ParseCollector(string field, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : throw new ProxyConfigurationException($"{field}: '{value}' is not an http or https URL, such as http://otel-collector.observability:4318");

    /// <summary>Reads a duration as Kubernetes writes them: a number and <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>, several in a row (<c>1h30m</c>).</summary>
    private static TimeSpan ParseDuration(string field, string value)
    {
        var total = TimeSpan.Zero;
        var rest = value.AsSpan();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            var unit = digits > 0 ? rest[digits..] : [];
            var length = unit.StartsWith("ms") ? 2 : unit.Length > 0 && unit[0] is 's' or 'm' or 'h' ? 1 : 0;
            if (length == 0 || !int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw new ProxyConfigurationException($"{field}: '{value}' is not a duration, such as 24h or 1m30s");
            }

            total += (length, unit[0]) switch
            {
                (2, _) => TimeSpan.FromMilliseconds(number),
                (_, 's') => TimeSpan.FromSeconds(number),
                (_, 'm') => TimeSpan.FromMinutes(number),
                _ => TimeSpan.FromHours(number),
            };
            rest = unit[length..];
        }

        return value.Length > 0 ? total : throw new ProxyConfigurationException($"{field}: empty");
    }

    private static void Check(string field, string value, Func<object> make)
    {
        try
        {
            make();
        }
        catch (ArgumentException e)
        {
            throw new ProxyConfigurationException($"{field}: '{value}' cannot be part of an identity: {e.Message}", e);
        }
    }
}
