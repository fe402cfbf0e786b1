using System.Buffers;
using System.Net;
using System.Text;
using NodeMesh.Metrics;
using NodeMesh.Model;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Telemetry;

public sealed class RequestMetricsTests : IDisposable
{
    private const string Ends =
        "reporter=\"source\",source_workload=\"web\",source_workload_namespace=\"shop\",source_principal=\"spiffe://cluster.local/ns/shop/sa/web\",source_app=\"web\",source_version=\"v1\","
        + "source_cluster=\"Kubernetes\",source_canonical_service=\"web\",source_canonical_revision=\"v1\",source_region=\"eu\",source_zone=\"eu-1\","
        + "destination_service=\"catalog.shop.svc.cluster.local\",destination_service_name=\"catalog\",destination_service_namespace=\"shop\","
        + "destination_workload=\"catalog\",destination_workload_namespace=\"shop\",destination_principal=\"spiffe://cluster.local/ns/shop/sa/catalog\",destination_app=\"catalog\","
        + "destination_version=\"v1\",destination_cluster=\"Kubernetes\",destination_canonical_service=\"catalog\",destination_canonical_revision=\"v1\",destination_region=\"eu\",destination_zone=\"eu-1\"";

    private readonly MetricRegistry _registry = new(new MetricRegistryOptions { MeterPrefixes = ["NodeMesh.Proxy.Traffic"] }, new ManualTimeProvider());
    private readonly IRequestObserver _metrics;

    public RequestMetricsTests() => _metrics = new RequestMetrics(_registry, _ => false);

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void Request_ThatIsOver_CountsUnderIstiosLabels()
    {
        _metrics.Completed(Request(isGrpc: false, status: 404));
        _metrics.Completed(Request(isGrpc: false, status: 404));

        const string labels = Ends + ",request_protocol=\"http\",connection_security_policy=\"mutual_tls\",response_flags=\"-\",response_code=\"404\",grpc_response_status=\"\"";
        var text = Scrape();
        Assert.Contains($"\nistio_requests_total{{{labels}}} 2\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_request_duration_milliseconds_bucket{{{labels},le=\"5\"}} 0\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_request_duration_milliseconds_bucket{{{labels},le=\"10\"}} 2\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_request_duration_milliseconds_count{{{labels}}} 2\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_request_bytes_sum{{{labels}}} 200\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_response_bytes_sum{{{labels}}} 400\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("istio_request_messages_total{", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_OfGrpc_CountsItsMessagesAndStatus()
    {
        _metrics.Completed(Request(isGrpc: true, status: 200));

        const string labels = Ends + ",request_protocol=\"grpc\",connection_security_policy=\"mutual_tls\",response_flags=\"-\",response_code=\"200\",grpc_response_status=\"13\"";
        var text = Scrape();
        Assert.Contains($"\nistio_requests_total{{{labels}}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_request_messages_total{{{labels}}} 3\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_response_messages_total{{{labels}}} 7\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_ThatDifferInOneFact_CountApart()
    {
        var (source, service, destination) = (TestConnections.Pod("web-1", "web", "node-1"), TestConnections.Service("catalog"), TestConnections.Pod("catalog-1", "catalog", "node-2"));
        Action<RequestRecord>[] differences =
        [
            _ => { },
            r => r.Status = 201,
            r => r.Flags = ResponseFlag.UpstreamConnectionFailure,
            r => r.Security = ConnectionSecurity.SameNode,
            r => r.GrpcStatus = 1,
            r => r.DestinationWorkload = null,
            r => r.DestinationService = null,
            r => r.SourceWorkload = null,
            r => r.SourceIdentity = null,
        ];
        foreach (var difference in differences.Concat(differences))
        {
            var request = Request(isGrpc: false, status: 200);
            (request.SourceWorkload, request.DestinationService, request.DestinationWorkload) = (source, service, destination);
            difference(request);
            _metrics.Completed(request);
        }

        var lines = Scrape().Split('\n').Where(l => l.StartsWith("istio_requests_total{", StringComparison.Ordinal)).ToList();
        Assert.Equal(differences.Length, lines.Count);
        Assert.All(lines, line => Assert.EndsWith("} 2", line, StringComparison.Ordinal));
    }

    private static RequestRecord Request(bool isGrpc, int status) => new()
    {
        Started = TestConnections.Start,
        Duration = TimeSpan.FromMilliseconds(8),
        Source = IPEndPoint.Parse("10.244.1.5:40000"),
        Destination = IPEndPoint.Parse("10.96.0.20:80"),
        Method = "POST",
        Path = "/",
        Authority = "catalog",
        Protocol = "HTTP/2",
        IsGrpc = isGrpc,
        SourceWorkload = TestConnections.Pod("web-1", "web", "node-1"),
        SourceIdentity = new SpiffeId("cluster.local", "shop", "web"),
        DestinationService = TestConnections.Service("catalog"),
        DestinationWorkload = TestConnections.Pod("catalog-1", "catalog", "node-2"),
        Security = ConnectionSecurity.MutualTls,
        Status = status,
        GrpcStatus = isGrpc ? 13 : null,
        BytesReceived = 100,
        BytesSent = 200,
        RequestMessages = 3,
        ResponseMessages = 7,
    };

    private string Scrape()
    {
        var buffer = new ArrayBufferWriter<byte>();
        _registry.Write(buffer, MetricsFormat.PrometheusText);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
