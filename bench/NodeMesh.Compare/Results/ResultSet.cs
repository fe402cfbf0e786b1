using NodeMesh.Compare.Measuring;
using NodeMesh.Compare.Rows;

namespace NodeMesh.Compare.Results;

/// <summary>All samples of a run.</summary>
internal sealed class ResultSet
{
    private static readonly string[] Costs =
    [
        MetricNames.LatencyP50, MetricNames.LatencyP99, MetricNames.HalfLoadP50, MetricNames.HalfLoadP99,
        MetricNames.MachineMicrosecondsPerRequest, MetricNames.MachineMicrosecondsPerConnection, MetricNames.MachineSecondsPerGib,
    ];

    private readonly Dictionary<(string Row, string Metric), SortedDictionary<int, double>> _samples = [];

    public void Add(string row, int round, Measurement measurement)
    {
        if (!_samples.TryGetValue((row, measurement.Metric), out var samples))
        {
            _samples[(row, measurement.Metric)] = samples = [];
        }

        samples[round] = measurement.Value;
    }

    /// <summary>A metric's sample of the last round; null where there is none.</summary>
    public double? Last(string row, string metric) => _samples.TryGetValue((row, metric), out var samples) ? samples.Values.Last() : null;

    /// <summary>Forgets a row.</summary>
    public void Remove(string row)
    {
        foreach (var key in _samples.Keys.Where(key => key.Row == row).ToArray())
        {
            _samples.Remove(key);
        }
    }

    /// <summary>A row's series, in the order in which their metrics were first measured, then those derived.</summary>
    public IReadOnlyList<KeyValuePair<string, Series>> Of(string row)
    {
        var measured = _samples.Where(entry => entry.Key.Row == row).Select(entry => KeyValuePair.Create(entry.Key.Metric, new Series([.. entry.Value.Values])));
        var added = Costs.Select(metric => KeyValuePair.Create(MetricNames.Added + metric, Added(row, metric))).Where(entry => entry.Value is not null);
        return [.. measured, .. added.Select(entry => KeyValuePair.Create(entry.Key, entry.Value!))];
    }

    /// <summary>A metric's median, or null where the row was not measured.</summary>
    public double? Median(string row, string metric)
    {
        var series = metric.StartsWith(MetricNames.Added, StringComparison.Ordinal)
            ? Added(row, metric[MetricNames.Added.Length..])
            : _samples.TryGetValue((row, metric), out var samples) ? new Series([.. samples.Values]) : null;
        return series?.Median;
    }

    /// <summary>What a row costs above the same way without a proxy: samples of the same round are compared, so that a disturbed round disturbs both.</summary>
    private Series? Added(string row, string metric) =>
        !RowNames.IsBaseline(row)
            && _samples.TryGetValue((row, metric), out var own)
            && _samples.TryGetValue((RowNames.BaselineOf(row), metric), out var baseline)
                ? new Series([.. own.Where(sample => baseline.ContainsKey(sample.Key)).Select(sample => sample.Value - baseline[sample.Key])])
                : null;
}
