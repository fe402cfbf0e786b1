using System.Runtime.InteropServices;
using NodeMesh.Model.Resilience;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Resilience;

/// <summary>
/// Leaves endpoints out that fail. What an answer says is counted where it comes in, without a lock as long as all is well; an endpoint that reaches a
/// limit is ejected at once. <see cref="Sweep"/> lets those return whose time is over, and leaves those out that fail more often than the others.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="changed">Told after ejections and returns, with the endpoint and whether it is out now.</param>
internal sealed class OutlierDetector(TimeProvider time, Action<UpstreamEndpoint, bool> changed)
{
    // Envoy's limit of doubling; a base beyond it stays as it is.
    private static readonly TimeSpan LongestEjection = TimeSpan.FromSeconds(300);

    private readonly Lock _gate = new();
    private OutlierDetection? _settings;
    private SuccessRateEjection? _rates;
    private UpstreamEndpoint[] _endpoints = [];
    private long _lastSweep = time.GetTimestamp();
    private long _lastComparison = time.GetTimestamp();

    /// <summary>Takes new settings and endpoints. Endpoints that are out stay out, unless detection is off now.</summary>
    /// <param name="settings">What is counted in a row; null for nothing.</param>
    /// <param name="rates">How endpoints are compared; null for not at all.</param>
    /// <param name="endpoints">The endpoints.</param>
    public void Update(OutlierDetection? settings, SuccessRateEjection? rates, UpstreamEndpoint[] endpoints)
    {
        lock (_gate)
        {
            if (rates is not null && _rates is null)
            {
                _lastComparison = time.GetTimestamp();
            }

            _settings = settings;
            _rates = rates;
            _endpoints = endpoints;
            if (settings is null && rates is null)
            {
                foreach (var endpoint in endpoints)
                {
                    endpoint.IsEjected = false;
                }
            }
        }
    }

    /// <summary>Takes note of what became of a try.</summary>
    /// <param name="endpoint">Where it went.</param>
    /// <param name="outcome">What became of it.</param>
    public void Report(UpstreamEndpoint endpoint, in AttemptOutcome outcome)
    {
        if (outcome.Failure == AttemptFailure.Overflow)
        {
            return;
        }

        var record = endpoint.Record;
        if (Volatile.Read(ref _rates) is not null)
        {
            Interlocked.Increment(ref record.Tries);
            if (outcome.EffectiveStatus < 500)
            {
                Interlocked.Increment(ref record.Successes);
            }
        }

        if (Volatile.Read(ref _settings) is { } settings)
        {
            CountInARow(endpoint, outcome, settings);
        }
    }

    /// <summary>Lets endpoints return whose time is over, and compares them once in each interval.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            if (_settings is null && _rates is null)
            {
                return;
            }

            foreach (var endpoint in _endpoints)
            {
                if (endpoint.IsEjected && time.GetElapsedTime(endpoint.Record.EjectedAt) >= endpoint.Record.EjectedFor)
                {
                    Return(endpoint);
                }
            }

            // Whoever failed in the interval that ends is not forgiven for it.
            if (_rates is { } rates && time.GetElapsedTime(_lastComparison) >= rates.Interval)
            {
                _lastComparison = time.GetTimestamp();
                Compare(rates);
            }

            var interval = _settings?.Interval ?? _rates!.Interval;
            if (time.GetElapsedTime(_lastSweep) >= interval)
            {
                _lastSweep = time.GetTimestamp();
                Forgive(interval);
            }
        }
    }

    /// <summary>Step by step: one that fails again soon stays out longer, one that did well for a while begins anew.</summary>
    private void Forgive(TimeSpan interval)
    {
        foreach (var endpoint in _endpoints)
        {
            var record = endpoint.Record;
            if (!endpoint.IsEjected && record.Ejections > 0 && time.GetElapsedTime(record.EjectedAt) >= record.EjectedFor + interval)
            {
                record.Ejections--;
            }
        }
    }

    /// <summary>Ejects those whose share of good answers in the interval that ends is far below that of the others. Whoever had too few requests is not compared.</summary>
    private void Compare(SuccessRateEjection settings)
    {
        var compared = new List<UpstreamEndpoint>(_endpoints.Length);
        var shares = new List<double>(_endpoints.Length);
        foreach (var endpoint in _endpoints)
        {
            // A try that ends in between is counted as a success of the next interval at worst.
            var successes = Interlocked.Exchange(ref endpoint.Record.Successes, 0);
            var tries = Interlocked.Exchange(ref endpoint.Record.Tries, 0);
            if (!endpoint.IsEjected && tries >= settings.RequestVolume)
            {
                compared.Add(endpoint);
                shares.Add(100.0 * Math.Min(successes, tries) / tries);
            }
        }

        if (compared.Count < settings.MinimumHosts)
        {
            return;
        }

        var bound = SuccessRateRule.Bound(CollectionsMarshal.AsSpan(shares), settings.StdevFactor);
        for (var i = 0; i < compared.Count; i++)
        {
            if (shares[i] < bound)
            {
                Eject(compared[i], settings.BaseEjectionTime, settings.MaxEjectionPercent);
            }
        }
    }

    private void CountInARow(UpstreamEndpoint endpoint, in AttemptOutcome outcome, OutlierDetection settings)
    {
        var record = endpoint.Record;
        if (settings.SplitLocalOriginErrors)
        {
            if (outcome.IsLocalOrigin)
            {
                Count(endpoint, ref record.ConsecutiveLocalFailures, settings.ConsecutiveLocalOriginFailures, settings);
                return;
            }

            Reset(ref record.ConsecutiveLocalFailures);
        }

        var status = outcome.EffectiveStatus;
        if (status is 502 or 503 or 504)
        {
            Count(endpoint, ref record.ConsecutiveGatewayErrors, settings.ConsecutiveGatewayErrors, settings);
        }
        else
        {
            Reset(ref record.ConsecutiveGatewayErrors);
        }

        if (status >= 500)
        {
            Count(endpoint, ref record.Consecutive5xx, settings.Consecutive5xx, settings);
        }
        else
        {
            Reset(ref record.Consecutive5xx);
        }
    }

    private void Count(UpstreamEndpoint endpoint, ref int counter, int limit, OutlierDetection settings)
    {
        if (Interlocked.Increment(ref counter) >= limit && limit > 0 && !endpoint.IsEjected)
        {
            Eject(endpoint, settings.BaseEjectionTime, settings.MaxEjectionPercent);
        }
    }

    private void Eject(UpstreamEndpoint endpoint, TimeSpan baseTime, int maxPercent)
    {
        lock (_gate)
        {
            if (endpoint.IsEjected || !MayEject(maxPercent))
            {
                return;
            }

            var record = endpoint.Record;
            record.EjectedAt = time.GetTimestamp();
            record.EjectedFor = Duration(baseTime, ++record.Ejections);
            endpoint.IsEjected = true;
            changed(endpoint, true);
        }
    }

    private bool MayEject(int maxPercent)
    {
        var ejected = 0;
        foreach (var endpoint in _endpoints)
        {
            ejected += endpoint.IsEjected ? 1 : 0;
        }

        return ejected * 100L < (long)maxPercent * _endpoints.Length;
    }

    private void Return(UpstreamEndpoint endpoint)
    {
        var record = endpoint.Record;
        Volatile.Write(ref record.Consecutive5xx, 0);
        Volatile.Write(ref record.ConsecutiveGatewayErrors, 0);
        Volatile.Write(ref record.ConsecutiveLocalFailures, 0);
        endpoint.IsEjected = false;
        changed(endpoint, false);
    }

    private static TimeSpan Duration(TimeSpan first, int times)
    {
        var longest = first > LongestEjection ? first : LongestEjection;
        var factor = 1L << Math.Min(times - 1, 20);
        return first * factor < longest ? first * factor : longest;
    }

    // Reads before it writes: a line that all processors only read stays in all their caches.
    private static void Reset(ref int counter)
    {
        if (Volatile.Read(ref counter) != 0)
        {
            Volatile.Write(ref counter, 0);
        }
    }
}
