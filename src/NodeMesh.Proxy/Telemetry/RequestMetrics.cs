using NodeMesh.Metrics;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>The <c>istio_request*</c> metrics, with Istio's names, labels, units and buckets: its dashboards read them.</summary>
internal sealed class RequestMetrics : IRequestObserver
{
    private const int Duration = 0;
    private const int RequestBytes = 1;
    private const int ResponseBytes = 2;
    private const int RequestMessages = 0;
    private const int ResponseMessages = 1;

    private static readonly double[] Milliseconds =
        [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000];

    private static readonly double[] Bytes = [.. Milliseconds];

    [ThreadStatic]
    private static string[]? _labels;

    private readonly CounterGroup _requests;
    private readonly CounterGroup _messages;
    private readonly RecentRequestSeries _recentRequests = new();
    private readonly RecentRequestSeries _recentMessages = new();

    /// <summary>Adds the metrics.</summary>
    /// <param name="registry">Where to.</param>
    /// <param name="isGone">Says of label values that an end which they name is gone.</param>
    public RequestMetrics(MetricRegistry registry, Func<IReadOnlyList<string>, bool> isGone)
    {
        _requests = registry.AddCounters(
            [new("istio_requests_total", "Requests.")],
            TrafficLabels.RequestNames,
            isGone,
            [
                new("istio_request_duration_milliseconds", "Duration of requests, to the end of the response.", Milliseconds, 0.001),
                new("istio_request_bytes", "Size of requests' bodies.", Bytes),
                new("istio_response_bytes", "Size of responses' bodies.", Bytes),
            ]);
        _messages = registry.AddCounters(
            [new("istio_request_messages_total", "gRPC messages from clients."), new("istio_response_messages_total", "gRPC messages to clients.")],
            TrafficLabels.RequestNames,
            isGone);
    }

    /// <inheritdoc/>
    void IRequestObserver.Completed(RequestRecord request)
    {
        var handle = Hold(_requests, _recentRequests, request);
        handle.Add(0);
        handle.Record(Duration, (long)request.Duration.TotalMicroseconds);
        handle.Record(RequestBytes, request.BytesReceived);
        handle.Record(ResponseBytes, request.BytesSent);
        _requests.Release(handle);
        if (request.IsGrpc)
        {
            var messages = Hold(_messages, _recentMessages, request);
            messages.Add(RequestMessages, request.RequestMessages);
            messages.Add(ResponseMessages, request.ResponseMessages);
            _messages.Release(messages);
        }
    }

    private static CounterHandle Hold(CounterGroup group, RecentRequestSeries recent, RequestRecord request)
    {
        if (recent.Find(request) is { } known && group.TryHold(known))
        {
            return known;
        }

        var labels = _labels ??= new string[TrafficLabels.RequestNames.Length];
        TrafficLabels.Write(request, labels);
        var handle = group.Hold(labels);
        recent.Remember(request, handle);
        return handle;
    }
}
