using NodeMesh.Model.Resilience;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Resilience;

/// <summary>
/// Leaves endpoints out that fail. What an answer says is counted where it comes in, without a lock as long as all is well; an endpoint that reaches a
/// limit is ejected at once. <see cref="Sweep"/> lets those return whose time is over.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="changed">Told after ejections and returns, with the endpoint and whether it is out now.</param>
internal sealed class OutlierDetector(TimeProvider time, Action<UpstreamEndpoint, bool> changed)
{
    // Envoy's limit of doubling; a base beyond it stays as it is.
    private static readonly TimeSpan LongestEjection = TimeSpan.FromSeconds(300);

    private readonly Lock _gate = new();
    private OutlierDetection? _settings;
    private UpstreamEndpoint[] _endpoints = [];
    private long _lastSweep = time.GetTimestamp();

    /// <summary>Takes new settings and endpoints. Endpoints that are out stay out, unless detection is off now.</summary>
    /// <param name="settings">The settings; null for off.</param>
    /// <param name="endpoints">The endpoints.</param>
    public void Update(OutlierDetection? settings, UpstreamEndpoint[] endpoints)
    {
        lock (_gate)
        {
            _settings = settings;
            _endpoints = endpoints;
            if (settings is null)
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
        if (Volatile.Read(ref _settings) is not { } settings || outcome.Failure == AttemptFailure.Overflow)
        {
            return;
        }

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

    /// <summary>Lets endpoints return whose time is over, once in each interval.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            if (_settings is not { } settings)
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

            if (time.GetElapsedTime(_lastSweep) < settings.Interval)
            {
                return;
            }

            _lastSweep = time.GetTimestamp();
            foreach (var endpoint in _endpoints)
            {
                // Forgiven step by step: one that fails again soon stays out longer, one that did well for a while begins anew.
                var record = endpoint.Record;
                if (!endpoint.IsEjected && record.Ejections > 0 && time.GetElapsedTime(record.EjectedAt) >= record.EjectedFor + settings.Interval)
                {
                    record.Ejections--;
                }
            }
        }
    }

    private void Count(UpstreamEndpoint endpoint, ref int counter, int limit, OutlierDetection settings)
    {
        if (Interlocked.Increment(ref counter) >= limit && limit > 0 && !endpoint.IsEjected)
        {
            Eject(endpoint, settings);
        }
    }

    private void Eject(UpstreamEndpoint endpoint, OutlierDetection settings)
    {
        lock (_gate)
        {
            if (endpoint.IsEjected || !MayEject(settings))
            {
                return;
            }

            var record = endpoint.Record;
            record.EjectedAt = time.GetTimestamp();
            record.EjectedFor = Duration(settings.BaseEjectionTime, ++record.Ejections);
            endpoint.IsEjected = true;
            changed(endpoint, true);
        }
    }

    private bool MayEject(OutlierDetection settings)
    {
        var ejected = 0;
        foreach (var endpoint in _endpoints)
        {
            ejected += endpoint.IsEjected ? 1 : 0;
        }

        return ejected * 100L < (long)settings.MaxEjectionPercent * _endpoints.Length;
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
