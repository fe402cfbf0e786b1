using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using NodeMesh.Model;

namespace NodeMesh.Control.Hosting;

/// <summary>The control plane's configuration, a JSON file.</summary>
public sealed record ControlConfiguration
{
    // By reflection: generated code would not keep the defaults of init-only properties.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Directories of manifests; not with <see cref="Kubernetes"/>.</summary>
    public ImmutableArray<string> Manifests { get; init; } = [];

    /// <summary>The cluster whose resources are served, instead of directories; null: directories.</summary>
    public KubernetesSettings? Kubernetes { get; init; }

    /// <summary>Where resources' status is written; empty: nowhere.</summary>
    public string StatusDirectory { get; init; } = "";

    /// <summary>Where the CA's keys are, and where <c>root-cert.pem</c> is written. On a cluster the keys are in a Secret, and only the roots are here.</summary>
    public string CaDirectory { get; init; } = "";

    /// <summary>The file that maps tokens' hashes to nodes; on a cluster the API server knows tokens.</summary>
    public string Tokens { get; init; } = "";

    /// <summary>The trust domain of all identities.</summary>
    public string TrustDomain { get; init; } = SpiffeId.DefaultTrustDomain;

    /// <summary>The namespace whose policies hold for the whole mesh.</summary>
    public string RootNamespace { get; init; } = "istio-system";

    /// <summary>The namespace that node proxies run in.</summary>
    public string MeshNamespace { get; init; } = "nodemesh-system";

    /// <summary>The service account of node proxies: only its tokens may ask for other identities.</summary>
    public string ProxyServiceAccount { get; init; } = "nodemesh-proxy";

    /// <summary>The domain of service names.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>The cluster's name.</summary>
    public string ClusterId { get; init; } = "Kubernetes";

    /// <summary>The names by which Telemetries may name where node proxies send spans; empty where they send none.</summary>
    public ImmutableArray<string> TracingProviders { get; init; } = [];

    /// <summary>Address and port of xDS and CA; port 0: any free one.</summary>
    public string Listen { get; init; } = "0.0.0.0:15012";

    /// <summary>Address and port of health, metrics and debug answers, in plain HTTP; empty: none.</summary>
    public string MetricsListen { get; init; } = "";

    /// <summary>Address and port of the validating webhook, in TLS; empty: none.</summary>
    public string WebhookListen { get; init; } = "";

    /// <summary>How the API server reaches the webhook where it is not by the Service <c>nodemesh-control</c>: an <c>https</c> URL with path <c>/validate</c>; empty: by the Service.</summary>
    public string WebhookUrl { get; init; } = "";

    /// <summary>How log lines look.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    /// <summary>The least level that is logged: trace, debug, info, warn, error.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary>The longest lifetime of a workload's certificate, such as <c>24h</c>, <c>30m</c> or <c>90s</c>; also the control plane's own.</summary>
    public string CertificateLifetime { get; init; } = "24h";

    /// <summary>More DNS names for the control plane's own certificate.</summary>
    public ImmutableArray<string> ServerNames { get; init; } = [];

    /// <summary><see cref="Listen"/>, parsed.</summary>
    [JsonIgnore]
    public IPEndPoint ListenEndPoint => ParseEndPoint("listen", Listen);

    /// <summary><see cref="MetricsListen"/>, parsed; null: none.</summary>
    [JsonIgnore]
    public IPEndPoint? MetricsEndPoint => MetricsListen.Length == 0 ? null : ParseEndPoint("metricsListen", MetricsListen);

    /// <summary><see cref="WebhookListen"/>, parsed; null: none.</summary>
    [JsonIgnore]
    public IPEndPoint? WebhookEndPoint => WebhookListen.Length == 0 ? null : ParseEndPoint("webhookListen", WebhookListen);

    /// <summary><see cref="CertificateLifetime"/>, parsed.</summary>
    [JsonIgnore]
    public TimeSpan CertificateLifetimeSpan => ParseLifetime(CertificateLifetime);

    /// <summary><see cref="LogLevel"/>, parsed.</summary>
    [JsonIgnore]
    public LogLevel MinimumLogLevel => ParseLevel(LogLevel);

    /// <summary>The identity of every node proxy.</summary>
    [JsonIgnore]
    public SpiffeId ProxyIdentity => new(TrustDomain, MeshNamespace, ProxyServiceAccount);

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ControlConfigurationException">The file cannot be read, is no JSON, or a field is unknown, missing or wrong.</exception>
    public static ControlConfiguration Load(string path)
    {
        try
        {
            var configuration = JsonSerializer.Deserialize<ControlConfiguration>(File.ReadAllText(path), Json)
                ?? throw new ControlConfigurationException($"{path}: is empty");
            configuration.Validate();
            return configuration.Manifests.IsDefaultOrEmpty && configuration.Kubernetes is null
                ? throw new ControlConfigurationException("manifests: is missing; give at least one directory, or kubernetes")
                : configuration;
        }
        catch (ControlConfigurationException e)
        {
            throw new ControlConfigurationException(e.Message.StartsWith(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new ControlConfigurationException($"{path}: line {e.LineNumber + 1}: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlConfigurationException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Checks all fields.</summary>
    /// <exception cref="ControlConfigurationException">A field is wrong.</exception>
    public void Validate()
    {
        _ = ListenEndPoint;
        _ = MetricsEndPoint;
        _ = WebhookEndPoint;
        if (WebhookUrl.Length > 0 && !(Uri.TryCreate(WebhookUrl, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps))
        {
            throw new ControlConfigurationException($"webhookUrl: '{WebhookUrl}' is not an https URL, such as https://control.example:15017/validate");
        }

        _ = CertificateLifetimeSpan;
        _ = MinimumLogLevel;
        Require("caDirectory", CaDirectory);
        if (Kubernetes is null)
        {
            Require("tokens", Tokens);
        }

        try
        {
            _ = ProxyIdentity;
        }
        catch (ArgumentException e)
        {
            throw new ControlConfigurationException($"trustDomain, meshNamespace or proxyServiceAccount: {e.Message}", e);
        }
    }

    private static void Require(string field, string value)
    {
        if (value.Length == 0)
        {
            throw new ControlConfigurationException($"{field}: is missing; give a path");
        }
    }

    private static IPEndPoint ParseEndPoint(string field, string text) =>
        IPEndPoint.TryParse(text, out var endPoint) && text.Contains(':', StringComparison.Ordinal)
            ? endPoint
            : throw new ControlConfigurationException($"{field}: '{text}' is not ADDRESS:PORT, such as 127.0.0.1:15012");

    private static TimeSpan ParseLifetime(string text)
    {
        var unit = text.Length > 1 ? text[^1] : ' ';
        var seconds = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (seconds > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 && (long)value * seconds <= 366 * 86400)
        {
            return TimeSpan.FromSeconds((long)value * seconds);
        }

        throw new ControlConfigurationException($"certificateLifetime: '{text}' is not a duration of at most a year, such as 24h, 30m or 90s");
    }

    private static LogLevel ParseLevel(string text) => text switch
    {
        "trace" => Microsoft.Extensions.Logging.LogLevel.Trace,
        "debug" => Microsoft.Extensions.Logging.LogLevel.Debug,
        "info" => Microsoft.Extensions.Logging.LogLevel.Information,
        "warn" or "warning" => Microsoft.Extensions.Logging.LogLevel.Warning,
        "error" => Microsoft.Extensions.Logging.LogLevel.Error,
        _ => throw new ControlConfigurationException($"logLevel: '{text}' is none of trace, debug, info, warn, error"),
    };
}
