using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using NodeMesh.Kubernetes.Informers;

namespace NodeMesh.Kubernetes.Http;

/// <summary>The figures of one client.</summary>
internal sealed class ClientMetrics : IDisposable
{
    private readonly ConcurrentDictionary<IInformerState, byte> _informers = new();
    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _watches;
    private readonly Counter<long> _lists;

    public ClientMetrics()
    {
        _meter = new Meter(KubernetesClient.MeterName);
        _requests = _meter.CreateCounter<long>("nodemesh.kubernetes.requests", description: "Requests to the API server, by verb and status; status 0 had no answer");
        _duration = _meter.CreateHistogram<double>("nodemesh.kubernetes.request.duration", "s", "Time to the API server's answer");
        _retries = _meter.CreateCounter<long>("nodemesh.kubernetes.retries", description: "Requests sent again because the API server asked for it (429, Retry-After)");
        _watches = _meter.CreateCounter<long>("nodemesh.kubernetes.watches", description: "Watches opened, by resource");
        _lists = _meter.CreateCounter<long>("nodemesh.kubernetes.lists", description: "Complete lists that an informer read, by resource");
        _meter.CreateObservableGauge("nodemesh.kubernetes.informer.staleness", ObserveStaleness, "s", "For how long an informer has had no open watch; 0 while it has one");
        _meter.CreateObservableGauge("nodemesh.kubernetes.informer.objects", ObserveObjects, description: "Objects that an informer holds");
    }

    public void Answered(string verb, HttpStatusCode status, TimeSpan duration)
    {
        _requests.Add(1, new("verb", verb), new("code", ((int)status).ToString(CultureInfo.InvariantCulture)));
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("verb", verb));
    }

    public void Failed(string verb) => _requests.Add(1, new("verb", verb), new("code", "0"));

    public void Retried(string verb, HttpStatusCode status) =>
        _retries.Add(1, new("verb", verb), new("code", ((int)status).ToString(CultureInfo.InvariantCulture)));

    public void WatchOpened(string resource) => _watches.Add(1, new KeyValuePair<string, object?>("resource", resource));

    public void Listed(string resource) => _lists.Add(1, new KeyValuePair<string, object?>("resource", resource));

    public void Add(IInformerState informer) => _informers.TryAdd(informer, 0);

    public void Remove(IInformerState informer) => _informers.TryRemove(informer, out _);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> ObserveStaleness() =>
        _informers.Keys.GroupBy(i => i.Resource).Select(g => new Measurement<double>(g.Max(i => i.Staleness.TotalSeconds), new KeyValuePair<string, object?>("resource", g.Key)));

    private IEnumerable<Measurement<long>> ObserveObjects() =>
        _informers.Keys.GroupBy(i => i.Resource).Select(g => new Measurement<long>(g.Sum(i => (long)i.Count), new KeyValuePair<string, object?>("resource", g.Key)));
}
