using System.Buffers;
using System.Text;
using NodeMesh.Metrics;
using NodeMesh.Model;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Telemetry;

public sealed class TrafficMetricsTests : IDisposable
{
    private const string Labels =
        "reporter=\"source\",source_workload=\"web\",source_workload_namespace=\"shop\",source_principal=\"spiffe://cluster.local/ns/shop/sa/web\",source_app=\"web\",source_version=\"v1\","
        + "source_cluster=\"Kubernetes\",source_canonical_service=\"web\",source_canonical_revision=\"v1\",source_region=\"eu\",source_zone=\"eu-1\","
        + "destination_service=\"catalog.shop.svc.cluster.local\",destination_service_name=\"catalog\",destination_service_namespace=\"shop\","
        + "destination_workload=\"catalog\",destination_workload_namespace=\"shop\",destination_principal=\"spiffe://cluster.local/ns/shop/sa/catalog\",destination_app=\"catalog\","
        + "destination_version=\"v1\",destination_cluster=\"Kubernetes\",destination_canonical_service=\"catalog\",destination_canonical_revision=\"v1\",destination_region=\"eu\",destination_zone=\"eu-1\","
        + "request_protocol=\"tcp\",connection_security_policy=\"mutual_tls\",response_flags=\"-\"";

    private readonly ManualTimeProvider _time = new();
    private readonly MetricRegistry _registry;
    private readonly MeshState _mesh;
    private readonly TrafficMetrics _metrics;
    private readonly ConnectionRegistry _connections;

    public TrafficMetricsTests()
    {
        _registry = new MetricRegistry(new MetricRegistryOptions { MeterPrefixes = ["NodeMesh.Proxy.Traffic"] }, _time);
        _mesh = new MeshState(_time);
        _metrics = new TrafficMetrics(_registry, _mesh);
        _connections = new ConnectionRegistry(_time, [_metrics]);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _registry.Dispose();
    }

    [Fact]
    public void Connection_WhileOpen_ShowsItsBytesUnderAllLabels()
    {
        var connection = TestConnections.Tunnelled();
        _connections.Register(connection);
        _connections.Opened(connection);
        connection.Bytes.AddReceived(10);
        connection.Bytes.AddSent(20);
        var text = Scrape();
        Assert.Contains($"\nistio_tcp_connections_opened_total{{{Labels}}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_tcp_connections_closed_total{{{Labels}}} 0\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_tcp_received_bytes_total{{{Labels}}} 10\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_tcp_sent_bytes_total{{{Labels}}} 20\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_AfterScrapesAndItsEnd_CountsEachByteOnce()
    {
        var connection = TestConnections.Tunnelled();
        _connections.Register(connection);
        _connections.Opened(connection);
        connection.Bytes.AddSent(20);
        Scrape();
        connection.Bytes.AddSent(5);
        _connections.Closed(connection, ConnectionEndReason.Completed);
        var text = Scrape();
        Assert.Contains($"\nistio_tcp_connections_closed_total{{{Labels}}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nistio_tcp_sent_bytes_total{{{Labels}}} 25\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("istio_tcp_connections_failed_total{", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_ByAPolicy_CountsAsFailedWithFlagAndPolicy()
    {
        var connection = TestConnections.Plaintext();
        _connections.Register(connection);
        connection.Refuse(new NamespacedName("shop", "strict"));
        _connections.Closed(connection, ConnectionEndReason.PolicyDenied);
        var text = Scrape();
        var failed = text.Split('\n').Single(l => l.StartsWith("istio_tcp_connections_failed_total{", StringComparison.Ordinal));
        Assert.Contains("reporter=\"destination\",source_workload=\"unknown\"", failed, StringComparison.Ordinal);
        Assert.EndsWith("connection_security_policy=\"unknown\",response_flags=\"DENY\"} 1", failed, StringComparison.Ordinal);
        Assert.Contains("nodemesh_policy_refusals_total{live=\"false\",policy=\"shop/strict\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Series_OfAWorkloadThatIsGone_IsDropped()
    {
        _mesh.Apply(new ModelChange { Workloads = [TestConnections.Pod("web-1", "web", "node-1"), TestConnections.Pod("catalog-1", "catalog", "node-2")] });
        var connection = TestConnections.Tunnelled();
        _connections.Register(connection);
        _connections.Closed(connection, ConnectionEndReason.Completed);
        Scrape();
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains("source_workload=\"web\"", Scrape(), StringComparison.Ordinal);
        _mesh.Apply(new ModelChange { RemovedWorkloads = ["Kubernetes//Pod/shop/web-1"] });
        Assert.DoesNotContain("source_workload=\"web\"", Scrape(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConnectionEndReason.Completed, "-")]
    [InlineData(ConnectionEndReason.ClientReset, "-")]
    [InlineData(ConnectionEndReason.PeerDenied, "DENY")]
    [InlineData(ConnectionEndReason.TlsFailed, "TLS_FAILURE")]
    [InlineData(ConnectionEndReason.IdentityMismatch, "IDENTITY_ERROR")]
    [InlineData(ConnectionEndReason.NoHealthyEndpoint, "CONNECT")]
    internal void Flags_OfAReason_AreAmbientModesWords(ConnectionEndReason reason, string flags) => Assert.Equal(flags, ResponseFlags.Of(reason));

    private string Scrape()
    {
        var buffer = new ArrayBufferWriter<byte>();
        _registry.Write(buffer, MetricsFormat.PrometheusText);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
