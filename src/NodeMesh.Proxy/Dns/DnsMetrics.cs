using System.Diagnostics.Metrics;
using NodeMesh.Dns;

namespace NodeMesh.Proxy.Dns;

/// <summary>Counts captured DNS, with the names that ambient mode's proxies use.</summary>
internal sealed class DnsMetrics : IDnsObserver, IDisposable
{
    private readonly Meter _meter = new("NodeMesh.Proxy.Dns");
    private readonly Counter<long> _requests;
    private readonly Counter<long> _upstream;
    private readonly Counter<long> _failures;

    public DnsMetrics()
    {
        _requests = _meter.CreateCounter<long>("istio_dns_requests_total", description: "DNS questions of captured pods.");
        _upstream = _meter.CreateCounter<long>("istio_dns_upstream_requests_total", description: "DNS questions passed on to upstream.");
        _failures = _meter.CreateCounter<long>("istio_dns_upstream_failures_total", description: "DNS questions that no upstream server answered.");
    }

    /// <inheritdoc/>
    public void Answered(DnsRequest request) => _requests.Add(1);

    /// <inheritdoc/>
    public void Forwarding(DnsRequest request)
    {
        _requests.Add(1);
        _upstream.Add(1);
    }

    /// <inheritdoc/>
    public void Forwarded(DnsRequest request)
    {
        // Counted when it was passed on.
    }

    /// <inheritdoc/>
    public void UpstreamFailed(DnsRequest request, DnsUpstreamException error) => _failures.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
