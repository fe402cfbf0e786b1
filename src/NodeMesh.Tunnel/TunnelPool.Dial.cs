using System.Net.Sockets;
using NodeMesh.Identity;
using NodeMesh.Linux.Events;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <content>Making tunnels. No lock is held while a peer is waited for.</content>
public sealed partial class TunnelPool
{
    // Under the lock: the task must not run any of its own here.
    private Task<PooledTunnel> StartDial(TunnelTarget target, TunnelGroup group, EventLoop loop)
    {
        var evictions = group.Evictions;
        return Task.Run(() => DialAsync(target, group, loop, evictions), CancellationToken.None);
    }

    private async Task<PooledTunnel> DialAsync(TunnelTarget target, TunnelGroup group, EventLoop loop, int evictions)
    {
        try
        {
            var tunnel = await OpenAsync(target, loop);
            bool stale;
            lock (_gate)
            {
                group.Dialing = null;
                group.FailedAt = null;
                group.Tunnels.Add(tunnel);
                stale = group.Evictions != evictions;
                tunnel.Running = Task.Run(() => RunAsync(tunnel, group), CancellationToken.None);
            }

            TunnelLog.Opened(_log, tunnel.Connection.Id, target.Address);
            if (stale)
            {
                Drain(tunnel, "evicted");
            }

            return tunnel;
        }
        catch (Exception)
        {
            lock (_gate)
            {
                group.Dialing = null;
                group.FailedAt = _time.GetTimestamp();
                RemoveIfEmpty(target, group);
            }

            throw;
        }
    }

    private async Task<PooledTunnel> OpenAsync(TunnelTarget target, EventLoop loop)
    {
        var own = await GetCertificateAsync(target);
        var socket = await DialSocketAsync(target);
        try
        {
            using var timeout = new CancellationTokenSource(_options.HandshakeTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            socket.NoDelay = true;
            var transport = await TunnelHandshake.ConnectAsync(socket, own, target.ExpectedUris, loop, _time, either.Token);
            return new PooledTunnel(target, new ClientConnection(transport, _options, _time), own, _time, _options);
        }
        catch (HandshakeException e)
        {
            socket.Dispose();
            TunnelMetrics.HandshakeFailed(TunnelMetrics.Client, e.Reason);
            TunnelLog.HandshakeRefused(_log, target.Address, e.Reason, e.Message);
            throw new TunnelException(e.IsIdentity ? TunnelFailure.IdentityMismatch : TunnelFailure.TlsFailed, $"the TLS handshake with {target.Address} failed: {e.Message}", e);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            socket.Dispose();
            TunnelMetrics.HandshakeFailed(TunnelMetrics.Client, "timeout");
            throw new TunnelException(TunnelFailure.TlsFailed, $"the TLS handshake with {target.Address} did not end within {_options.HandshakeTimeout}", e);
        }
    }

    private async Task<WorkloadCertificate> GetCertificateAsync(TunnelTarget target)
    {
        using var timeout = new CancellationTokenSource(_options.HandshakeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            return await _certificates.GetAsync(target.Source, either.Token);
        }
        catch (Exception e) when (e is CertificateUnavailableException or OperationCanceledException)
        {
            throw new TunnelException(TunnelFailure.CertificateUnavailable, $"there is no certificate for {target.Source}: {e.Message}", e);
        }
    }

    private async Task<Socket> DialSocketAsync(TunnelTarget target)
    {
        using var timeout = new CancellationTokenSource(_options.HandshakeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            return await _dial(target.Address, either.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TunnelException(
                TunnelFailure.ConnectFailed,
                $"{target.Address} did not accept a connection within {_options.HandshakeTimeout}: does a NetworkPolicy or firewall allow port {target.Address.Port}?",
                e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new TunnelException(TunnelFailure.ConnectFailed, $"{target.Address} could not be reached: {e.Message}", e);
        }
    }

    private async Task RunAsync(PooledTunnel tunnel, TunnelGroup group)
    {
        await tunnel.Connection.RunAsync(_stop.Token);
        lock (_gate)
        {
            group.Tunnels.Remove(tunnel);
            RemoveIfEmpty(tunnel.Target, group);
        }

        TunnelLog.Closed(_log, tunnel.Connection.Id, tunnel.Target.Address, tunnel.Connection.Failure?.Message ?? tunnel.Connection.EndReason);
    }

    private void RemoveIfEmpty(TunnelTarget target, TunnelGroup group)
    {
        if (group.IsEmpty && _groups.TryGetValue(target, out var current) && ReferenceEquals(current, group))
        {
            _groups.Remove(target);
        }
    }
}
