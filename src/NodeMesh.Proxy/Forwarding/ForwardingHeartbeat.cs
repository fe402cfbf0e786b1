using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>Ends connections that are silent for too long: one timer for all, none per connection.</summary>
/// <param name="limits">The times.</param>
/// <param name="time">The clock.</param>
/// <param name="kernel">Looked after beside; null where it is off.</param>
internal sealed class ForwardingHeartbeat(ProxyLimits limits, TimeProvider time, KernelForwarding? kernel) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<ForwardedPair, byte> _pairs = new();
    private readonly ConcurrentDictionary<KernelLegs, byte> _legs = new();

    /// <summary>Watches a pair until it ends.</summary>
    /// <param name="pair">The pair.</param>
    public void Add(ForwardedPair pair)
    {
        pair.Began = pair.LastActivity = time.GetTimestamp();
        _pairs[pair] = 0;
    }

    /// <summary>Stops watching a pair.</summary>
    /// <param name="pair">The pair.</param>
    public void Remove(ForwardedPair pair) => _pairs.TryRemove(pair, out _);

    /// <summary>Looks after the legs of a connection that is no pair until it ends; its times are its owner's.</summary>
    /// <param name="legs">The legs.</param>
    public void Add(KernelLegs legs) => _legs[legs] = 0;

    /// <summary>Stops looking after legs.</summary>
    /// <param name="legs">The legs.</param>
    public void Remove(KernelLegs legs) => _legs.TryRemove(legs, out _);

    /// <summary>Looks at every pair once.</summary>
    internal void Beat()
    {
        kernel?.Tick();
        foreach (var (legs, _) in _legs)
        {
            legs.Tick();
        }

        foreach (var (pair, _) in _pairs)
        {
            pair.Kernel?.Tick();
            pair.Legs?.Tick();
            pair.UpdateKeepAlive();
            if (pair.DurationLimit is { } most && time.GetElapsedTime(pair.Began) >= most)
            {
                pair.Abort(ConnectionEndReason.DurationLimit, $"open for {most}, the maxConnectionDuration of the traffic policy");
                continue;
            }

            if (pair.TakeProgress())
            {
                pair.LastActivity = time.GetTimestamp();
                continue;
            }

            var silent = time.GetElapsedTime(pair.LastActivity);
            if (pair.IsHalfClosed && silent >= limits.HalfCloseTimeout)
            {
                pair.Abort(ConnectionEndReason.HalfCloseTimeout, $"half-closed and silent for {limits.HalfCloseTimeout}");
            }
            else if ((pair.IdleLimit ?? limits.IdleTimeout) is var idle && idle > TimeSpan.Zero && silent >= idle)
            {
                pair.Abort(ConnectionEndReason.IdleTimeout, $"silent for {idle}");
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Beat();
        }
    }
}
