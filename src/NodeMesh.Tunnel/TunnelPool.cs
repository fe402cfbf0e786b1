using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using NodeMesh.Identity;
using NodeMesh.Linux.Events;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <summary>The client side: shares tunnels between the connections of one identity to one far end.</summary>
public sealed partial class TunnelPool : IAsyncDisposable
{
    // A peer that refuses a stream has not used it, nor has one that goes away while it is being opened, unless bytes left with the request.
    private const int MaxAttempts = 3;

    // Another tunnel that could not be made, where there is one, is not tried again for each connection.
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly ICertificateSource _certificates;
    private readonly Func<IPEndPoint, CancellationToken, ValueTask<Socket>> _dial;
    private readonly TunnelOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<TunnelTarget, TunnelGroup> _groups = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _beat;
    private bool _disposed;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="certificates">Where the certificates of source identities come from.</param>
    /// <param name="dial">Opens a connected TCP socket; the pool owns it from then on.</param>
    /// <param name="options">Sizes, limits and times.</param>
    /// <param name="time">The clock of keepalives and idle times.</param>
    /// <param name="log">The log.</param>
    public TunnelPool(ICertificateSource certificates, Func<IPEndPoint, CancellationToken, ValueTask<Socket>> dial, TunnelOptions options, TimeProvider time, ILoggerFactory log)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(dial);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        _certificates = certificates;
        _dial = dial;
        _options = options;
        _time = time;
        _log = log.CreateLogger<TunnelPool>();
        _beat = time.CreateTimer(static s => ((TunnelPool)s!).Beat(), this, options.PingInterval / 4, options.PingInterval / 4);
    }

    /// <summary>Opens a connection through a tunnel to <paramref name="target"/>, making one where none has room.</summary>
    /// <param name="target">The far end.</param>
    /// <param name="request">What to ask of it.</param>
    /// <param name="ct">Gives up waiting; a tunnel being dialled for others goes on.</param>
    /// <returns>The connection, after the far end answered 2xx.</returns>
    /// <exception cref="TunnelException">It failed; the reason says where.</exception>
    /// <exception cref="ArgumentException">The authority or a header is malformed.</exception>
    public async ValueTask<TunnelConnection> ConnectAsync(TunnelTarget target, TunnelConnectRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(request);
        TunnelHeaders.Check(request.Headers);
        if (!AuthorityRules.IsValid(request.Authority))
        {
            throw new ArgumentException($"'{request.Authority}' is not host:port or [v6]:port", nameof(request));
        }

        for (var attempt = 1; ; attempt++)
        {
            var stream = await OpenStreamAsync(target, request, ct);
            ResponseHead head;
            try
            {
                head = await stream.Response!.WaitAsync(ct);
            }
            catch (TimeoutException e)
            {
                stream.Reset(Http2ErrorCode.Cancel, StreamErrors.Aborted("the far end did not answer in time"));
                throw new TunnelException(TunnelFailure.Http2Failed, $"{target.Address} did not answer the request for {request.Authority} within {_options.ResponseTimeout}", e)
                {
                    MayHaveDelivered = stream.EarlySent > 0,
                };
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                stream.Reset(Http2ErrorCode.Cancel, StreamErrors.Aborted("the connection attempt was cancelled"));
                throw;
            }
            catch (ConnectionResetException e) when (attempt < MaxAttempts && !MayHaveDelivered(stream, e))
            {
                continue;
            }
            catch (ConnectionResetException e)
            {
                throw new TunnelException(TunnelFailure.Http2Failed, $"{target.Address} did not answer the request for {request.Authority}: {e.Message}", e)
                {
                    MayHaveDelivered = MayHaveDelivered(stream, e),
                };
            }

            if (head.Status is >= 200 and < 300)
            {
                return new TunnelConnection(stream, head.Headers);
            }

            stream.Reset(Http2ErrorCode.Cancel, StreamErrors.Aborted("refused"));
            throw new TunnelException(TunnelFailure.Refused, $"{target.Address} refused the connection to {request.Authority} with status {head.Status}", status: head.Status);
        }
    }

    /// <summary>All tunnels, as they are now.</summary>
    /// <returns>One entry per tunnel.</returns>
    public IReadOnlyList<TunnelInfo> Snapshot() => [.. All().Select(t => t.Describe())];

    /// <summary>Stops using every tunnel to an endpoint: they take no new streams and close when their last stream ends.</summary>
    /// <param name="endpoint">The far end.</param>
    public void Evict(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Evict(target => target.Address.Equals(endpoint));
    }

    /// <summary>As <see cref="Evict(IPEndPoint)"/>, for every port of an address.</summary>
    /// <param name="address">The far end's address.</param>
    public void Evict(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Evict(target => target.Address.Address.Equals(address));
    }

    /// <summary>Closes every tunnel and its streams.</summary>
    /// <returns>When all are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        List<Task> dials;
        lock (_gate)
        {
            _disposed = true;
            dials = [.. _groups.Values.Select(g => g.Dialing).OfType<Task>()];
        }

        await _beat.DisposeAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(dials).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(All().Select(t => t.Running));
    }

    private async ValueTask<Http2Stream> OpenStreamAsync(TunnelTarget target, TunnelConnectRequest request, CancellationToken ct)
    {
        var loop = request.Near;
        while (true)
        {
            PooledTunnel? tunnel;
            Task<PooledTunnel>? dial = null;
            lock (_gate)
            {
                if (_disposed)
                {
                    throw new TunnelException(TunnelFailure.Closed, "the tunnel pool is closed");
                }

                var group = GroupOf(target);
                tunnel = group.Pick(loop);
                if (tunnel is null || WantsAnother(group, tunnel, loop))
                {
                    dial = group.Dialing ??= StartDial(target, group, group.PlaceForAnother(loop));
                }
            }

            if (tunnel?.Connection.TryOpen(request) is { } stream)
            {
                return stream;
            }

            if (tunnel is null)
            {
                await AwaitDialAsync(dial!, ct);
            }
        }
    }

    // The far end delivers what came with a request as soon as it has answered; only a refusal says that it did neither.
    private static bool MayHaveDelivered(Http2Stream stream, ConnectionResetException reason) => stream.EarlySent > 0 && reason is not StreamRefusedException;

    // Nobody waits for this one: until it is there, the one that there is does.
    private bool WantsAnother(TunnelGroup group, PooledTunnel best, EventLoop? loop)
    {
        if (group.Dialing is not null || (group.FailedAt is { } failed && _time.GetElapsedTime(failed) < RetryPause))
        {
            return false;
        }

        // A connection's tunnel lives on the loop that it lives on itself: nothing is then handed from thread to thread.
        return best.IsBusy
            ? group.CountOpen() < Math.Min(_options.MaxBulkTunnels, EventLoop.All.Count)
            : loop is not null && best.Loop != loop;
    }

    private static async Task AwaitDialAsync(Task<PooledTunnel> dial, CancellationToken ct)
    {
        try
        {
            await dial.WaitAsync(ct);
        }
        catch (TunnelException e)
        {
            // Shared by all that wait; each throws its own.
            throw new TunnelException(e.Reason, e.Message, e, e.Status);
        }
    }

    private TunnelGroup GroupOf(TunnelTarget target)
    {
        if (!_groups.TryGetValue(target, out var group))
        {
            _groups[target] = group = new TunnelGroup();
        }

        return group;
    }

    private List<PooledTunnel> All()
    {
        lock (_gate)
        {
            return [.. _groups.Values.SelectMany(g => g.Tunnels)];
        }
    }

    private void Evict(Func<TunnelTarget, bool> matches)
    {
        List<PooledTunnel> evicted = [];
        lock (_gate)
        {
            foreach (var (target, group) in _groups)
            {
                if (matches(target))
                {
                    group.Evictions++;
                    evicted.AddRange(group.Tunnels);
                }
            }
        }

        foreach (var tunnel in evicted)
        {
            Drain(tunnel, "evicted");
        }
    }

    private void Beat()
    {
        foreach (var tunnel in All())
        {
            if (tunnel.Beat() is { } reason)
            {
                Drain(tunnel, reason);
            }
        }
    }

    private void Drain(PooledTunnel tunnel, string reason)
    {
        if (tunnel.Connection.State == TunnelState.Open)
        {
            TunnelLog.Draining(_log, tunnel.Connection.Id, tunnel.Target.Address, reason);
            tunnel.Connection.Drain();
        }
    }
}
