using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.Logging;
using NodeMesh.Proxy.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace NodeMesh.Proxy.Tracing;

/// <summary>Sends spans to a collector as OTLP over HTTP, from a bounded queue and by a thread of the SDK: no request waits for it, or fails with it.</summary>
internal sealed class SpanExport : IAsyncDisposable
{
    private const string SourceName = "NodeMesh.Proxy";
    private const string SignalPath = "/v1/traces";

    /// <summary>Milliseconds that spans are gathered before they are sent: a trace that somebody waits for is there soon.</summary>
    private const int Interval = 1000;

    /// <summary>Milliseconds for one export, and for the last when the proxy stops.</summary>
    private const int ExportLimit = 5000;

    private readonly ActivitySource _source = new(SourceName);
    private readonly SpanMetrics _metrics = new();
    private readonly TracerProvider _provider;

    /// <summary>Begins to export.</summary>
    /// <param name="configuration">The proxy's configuration.</param>
    /// <param name="endpoint">The collector: the base of its OTLP receiver, or the whole URL of its traces.</param>
    /// <param name="log">The log.</param>
    public SpanExport(ProxyConfiguration configuration, Uri endpoint, ILoggerFactory log)
    {
        var exporter = new SpanExporter(Options(endpoint), endpoint, _metrics, log.CreateLogger<SpanExporter>());
        _provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(SourceName)
            .SetSampler(new AlwaysOnSampler())
            .SetResourceBuilder(Describe(configuration))
            .AddProcessor(new SpanQueue(exporter, _metrics, Interval, ExportLimit))
            .Build();
        Tracer = new RequestTracer(_source, configuration.TraceSampling, Random.Shared);
    }

    /// <summary>Begins spans.</summary>
    public RequestTracer Tracer { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _source.Dispose();

        // Sends what is left, which waits for the collector.
        await Task.Run(() => _provider.Shutdown(ExportLimit));
        _provider.Dispose();
        _metrics.Dispose();
    }

    private static OtlpExporterOptions Options(Uri endpoint) => new()
    {
        Endpoint = endpoint.AbsolutePath == "/" ? new Uri(endpoint, SignalPath) : endpoint,
        Protocol = OtlpExportProtocol.HttpProtobuf,
        TimeoutMilliseconds = ExportLimit,
        HttpClientFactory = static () => new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = 1,

            // A collector that moves is found again by its name.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            Timeout = TimeSpan.FromMilliseconds(ExportLimit),
        },
    };

    private static ResourceBuilder Describe(ProxyConfiguration configuration) => ResourceBuilder.CreateEmpty()
        .AddService(
            "nodemesh-proxy",
            configuration.MeshNamespace,
            Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            autoGenerateServiceInstanceId: false,
            configuration.Node)
        .AddTelemetrySdk()
        .AddAttributes([new("k8s.node.name", configuration.Node), new("k8s.cluster.name", configuration.ClusterId)]);
}
