using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.LeaderElection;

/// <summary>
/// Takes part in the choice of a leader by a Lease, as client-go does. Other candidates' clocks do not matter: a lease counts from the moment at which its
/// last change was seen here. A leader that cannot renew stops before anybody else may begin.
/// </summary>
public sealed partial class LeaderElector
{
    internal const double JitterFactor = 1.2;

    private readonly LeaderElectionConfig _config;
    private readonly ResourceClient<V1Lease> _leases;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private LeaseRecord _observed;
    private long _observedAt;
    private long _renewedAt;
    private V1Lease? _lease;
    private string? _leader;

    /// <summary>Makes a candidate.</summary>
    /// <param name="client">The client.</param>
    /// <param name="config">How leaders are chosen.</param>
    /// <exception cref="ArgumentException">The times allow two leaders.</exception>
    public LeaderElector(KubernetesClient client, LeaderElectionConfig config)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        _config = config;
        _leases = client.Resources(KubernetesKinds.Leases).InNamespace(config.Namespace);
        _clock = client.Transport.Options.Time;
        _logger = (client.Transport.Options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("NodeMesh.Kubernetes.LeaderElection");
    }

    /// <summary>Somebody leads, perhaps this one.</summary>
    public event Action<string>? OnNewLeader;

    /// <summary>Who leads, as far as is known here.</summary>
    public string? Leader => Volatile.Read(ref _leader);

    /// <summary>Whether this one leads.</summary>
    public bool IsLeader { get; private set; }

    /// <summary>Waits to lead, leads until it is lost, and waits again, until it is stopped.</summary>
    /// <param name="lead">The leader's work; its token ends when the lease is lost, and it must end then.</param>
    /// <param name="ct">Ends it; the lease is given up.</param>
    /// <returns>When it has ended.</returns>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(lead);
        while (!ct.IsCancellationRequested)
        {
            await RunUntilLeadershipLostAsync(lead, ct);
        }
    }

    /// <summary>Waits to lead, and leads until it is lost or stopped.</summary>
    /// <param name="lead">The leader's work; its token ends when the lease is lost, and it must end then.</param>
    /// <param name="ct">Ends it; the lease is given up.</param>
    /// <returns>When the work has ended.</returns>
    public async Task RunUntilLeadershipLostAsync(Func<CancellationToken, Task> lead, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(lead);
        if (!await AcquireAsync(ct))
        {
            return;
        }

        IsLeader = true;
        LogLeads(_config.Identity, _config.Namespace, _config.Name);
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = lead(leading.Token);
        try
        {
            await RenewAsync(work, leading.Token);
        }
        finally
        {
            IsLeader = false;
            await leading.CancelAsync();
            LogLeadsNoLonger(_config.Identity, _config.Namespace, _config.Name);
            try
            {
                await work;
            }
            catch (OperationCanceledException) when (leading.IsCancellationRequested)
            {
                // It ended as it was told.
            }
            finally
            {
                // Only after the work has ended: another leader may begin at once.
                await ReleaseAsync();
            }
        }
    }

    private async Task<bool> AcquireAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (await TryAcquireOrRenewAsync(_config.RenewDeadline, ct))
            {
                return true;
            }

            await Task.Delay(_config.RetryPeriod * (1 + (Random.Shared.NextDouble() * JitterFactor)), _clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    /// <summary>Returns when the lease is lost, or the work ends by itself.</summary>
    private async Task RenewAsync(Task work, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested && !work.IsCompleted)
        {
            var left = _config.RenewDeadline - _clock.GetElapsedTime(_renewedAt);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            await Task.WhenAny(work, Task.Delay(left < _config.RetryPeriod ? left : _config.RetryPeriod, _clock, ct));
            left = _config.RenewDeadline - _clock.GetElapsedTime(_renewedAt);
            if (ct.IsCancellationRequested || work.IsCompleted || left <= TimeSpan.Zero)
            {
                return;
            }

            if (!await TryAcquireOrRenewAsync(left, ct) && _observed.Holder != _config.Identity)
            {
                return;
            }
        }
    }

    private async Task<bool> TryAcquireOrRenewAsync(TimeSpan within, CancellationToken ct)
    {
        var began = _clock.GetTimestamp();
        using var timer = new CancellationTokenSource(within, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            var held = await TryOnceAsync(either.Token);
            // The time before the request counts: others let the lease run from when they see it, which is later.
            _renewedAt = held ? began : _renewedAt;
            return held;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException or KubeConfigException)
        {
            _lease = null;
            LogFailed(_config.Identity, _config.Namespace, _config.Name, e.Message);
            return false;
        }
    }

    private async Task<bool> TryOnceAsync(CancellationToken ct)
    {
        // A leader writes over what it wrote; only when that fails has somebody else been there.
        var lease = IsLeader && _lease is not null ? _lease : await _leases.FindAsync(_config.Name, ct);
        var now = _clock.GetUtcNow();
        if (lease is null)
        {
            var made = new V1Lease { Metadata = new V1ObjectMeta { Name = _config.Name, Namespace = _config.Namespace }, Spec = Claim(now, null) };
            Observe(await _leases.CreateAsync(made, null, ct));
            return true;
        }

        Observe(lease);
        var mine = _observed.Holder == _config.Identity;
        if (!mine && !string.IsNullOrEmpty(_observed.Holder) && _clock.GetElapsedTime(_observedAt) < Duration(_observed))
        {
            return false;
        }

        var claimed = lease with { Spec = Claim(now, lease.Spec) };
        Observe(await _leases.ReplaceAsync(claimed, null, ct));
        return true;
    }

    /// <summary>The holder's own duration counts, as it is the holder who must stop in time.</summary>
    private TimeSpan Duration(LeaseRecord record) => record.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : _config.LeaseDuration;

    private V1LeaseSpec Claim(DateTimeOffset now, V1LeaseSpec? before)
    {
        var mine = before?.HolderIdentity == _config.Identity;
        return (before ?? new V1LeaseSpec()) with
        {
            HolderIdentity = _config.Identity,
            LeaseDurationSeconds = (int)Math.Ceiling(_config.LeaseDuration.TotalSeconds),
            AcquireTime = mine ? before!.AcquireTime : now,
            RenewTime = now,
            LeaseTransitions = (before?.LeaseTransitions ?? 0) + (mine || before is null ? 0 : 1),
        };
    }

    private void Observe(V1Lease lease)
    {
        _lease = lease;
        var record = new LeaseRecord(lease.Spec?.HolderIdentity, lease.Spec?.LeaseDurationSeconds, lease.Spec?.AcquireTime, lease.Spec?.RenewTime);
        if (record != _observed)
        {
            _observed = record;
            _observedAt = _clock.GetTimestamp();
        }

        if (record.Holder is { Length: > 0 } holder && holder != _leader)
        {
            Volatile.Write(ref _leader, holder);
            LogNewLeader(_config.Namespace, _config.Name, holder);
            OnNewLeader?.Invoke(holder);
        }
    }

    private async Task ReleaseAsync()
    {
        if (!_config.ReleaseOnCancel)
        {
            return;
        }

        using var timer = new CancellationTokenSource(_config.RenewDeadline, _clock);
        try
        {
            // Read anew: a renewal that was cut short may have been taken.
            if (await _leases.FindAsync(_config.Name, timer.Token) is not { Spec: { } spec } lease || spec.HolderIdentity != _config.Identity)
            {
                return;
            }

            // One second, as client-go: a candidate that sees it with a holder still would wait no longer.
            var released = lease with { Spec = spec with { HolderIdentity = "", LeaseDurationSeconds = 1, RenewTime = _clock.GetUtcNow() } };
            Observe(await _leases.ReplaceAsync(released, null, timer.Token));
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException or OperationCanceledException)
        {
            // It runs out by itself.
            LogFailed(_config.Identity, _config.Namespace, _config.Name, e.Message);
        }
    }

    [LoggerMessage(EventId = 30, Level = LogLevel.Information, Message = "{Identity} leads {Namespace}/{Name}")]
    private partial void LogLeads(string identity, string @namespace, string name);

    [LoggerMessage(EventId = 31, Level = LogLevel.Information, Message = "{Identity} leads {Namespace}/{Name} no longer")]
    private partial void LogLeadsNoLonger(string identity, string @namespace, string name);

    [LoggerMessage(EventId = 32, Level = LogLevel.Information, Message = "{Namespace}/{Name} is led by {Leader}")]
    private partial void LogNewLeader(string @namespace, string name, string leader);

    [LoggerMessage(EventId = 33, Level = LogLevel.Debug, Message = "{Identity} could not take or renew {Namespace}/{Name}: {Error}")]
    private partial void LogFailed(string identity, string @namespace, string name, string error);
}
