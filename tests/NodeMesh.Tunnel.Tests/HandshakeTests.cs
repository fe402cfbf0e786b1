using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using NodeMesh.Identity;
using NodeMesh.Testing;
using NodeMesh.Tunnel.Http2;
using NodeMesh.Tunnel.Tests.Http2;

namespace NodeMesh.Tunnel.Tests;

/// <summary>Who gets in, at both ends, and what the log says of the others.</summary>
public sealed class HandshakeTests
{
    [Fact]
    public async Task Server_Garbage_IsRefusedAndLoggedOnce()
    {
        await CheckRefusedAsync("tls", async mesh =>
        {
            using var socket = await TestMesh.DialAsync(mesh.Address, default);
            await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            await ReadToEndAsync(socket);
        });
    }

    [Fact]
    public async Task Server_ConnectionClosedAtOnce_IsRefused()
    {
        await CheckRefusedAsync("closed", async mesh => (await TestMesh.DialAsync(mesh.Address, default)).Dispose());
    }

    [Fact]
    public Task Server_NoClientCertificate_IsRefused() => CheckRefusedAsync("no-certificate", mesh => HandshakeAsync(mesh, RawPeer.ClientOptions(null)));

    [Fact]
    public Task Server_OtherAuthority_IsRefused() => CheckRefusedAsync(
        nameof(PeerVerificationReason.UnknownAuthority),
        mesh => HandshakeAsync(mesh, RawPeer.ClientOptions(new TestCertificates("cluster.local", TimeProvider.System).Issue("client"))));

    [Fact]
    public async Task Server_OtherTrustDomainOfATrustedAuthority_IsRefused()
    {
        var other = new TestCertificates("elsewhere.example", TimeProvider.System);
        var own = new TestCertificates("cluster.local", TimeProvider.System);
        var both = TrustBundle.FromCertificates([.. own.Bundle.Roots, .. other.Bundle.Roots]);
        await CheckRefusedAsync(
            nameof(PeerVerificationReason.WrongTrustDomain),
            mesh => HandshakeAsync(mesh, RawPeer.ClientOptions(other.Issue("client"))),
            serverCertificate: own.Issue("server", trust: both));
    }

    [Fact]
    public async Task Server_ExpiredCertificate_IsRefused()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        var certificates = new TestCertificates("cluster.local", time);
        var shortLived = certificates.Issue("client", TimeSpan.FromMinutes(5));
        time.Advance(TimeSpan.FromMinutes(6));
        await CheckRefusedAsync(
            nameof(PeerVerificationReason.Expired),
            mesh => HandshakeAsync(mesh, RawPeer.ClientOptions(shortLived)),
            serverCertificate: certificates.Issue("server"),
            time: time);
    }

    [Fact]
    public async Task Server_CertificateThatExpiresOnAnOpenTunnel_OpensNoMoreStreams()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        var certificates = new TestCertificates("cluster.local", time) { Lifetime = TimeSpan.FromHours(1) };
        await using var mesh = new TestMesh(
            TestMesh.EchoAsync, new TunnelOptions { PingTimeout = TimeSpan.FromDays(1) }, time, serverCertificate: certificates.Issue("server", TimeSpan.FromDays(2)), certificates: certificates);
        await using var peer = await RawPeer.ConnectAsync(mesh);
        await peer.OpenAsync(1);
        Assert.Equal("200", await peer.ReadStatusAsync(1));

        // The peer answers nothing that asks it to leave.
        time.Advance(TimeSpan.FromMinutes(61));
        await peer.OpenAsync(3);

        Assert.Equal(Http2ErrorCode.RefusedStream, await peer.ReadResetAsync(3));
    }

    [Fact]
    public Task Server_NoAlpn_IsRefused() => CheckRefusedAsync("alpn", mesh =>
    {
        var options = RawPeer.ClientOptions(mesh.Certificates.Issue("client"));
        options.ApplicationProtocols = null;
        return HandshakeAsync(mesh, options);
    });

    [Fact]
    public Task Server_Tls12_IsRefused() => CheckRefusedAsync("tls", mesh =>
    {
        var options = RawPeer.ClientOptions(mesh.Certificates.Issue("client"));
        options.EnabledSslProtocols = SslProtocols.Tls12;
        return HandshakeAsync(mesh, options);
    });

    [Fact]
    public async Task Server_SilentClient_IsRefusedAfterTheTimeout()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await CheckRefusedAsync(
            "timeout",
            async mesh =>
            {
                using var socket = await TestMesh.DialAsync(mesh.Address, default);
                await TestMesh.WaitForAsync(() => mesh.Accepted == 1, "the server accepted");
                var closed = ReadToEndAsync(socket);
                while (!closed.IsCompleted)
                {
                    time.Advance(TimeSpan.FromSeconds(5));
                    await Task.WhenAny(closed, Task.Delay(20));
                }
            },
            time: time);
    }

    [Fact]
    public async Task Client_UnexpectedIdentity_IsRefused()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();
        var target = mesh.Target with { ExpectedUris = ["spiffe://cluster.local/ns/test/sa/somebody-else"] };
        var e = await Assert.ThrowsAsync<TunnelException>(async () => await pool.ConnectAsync(target, new TunnelConnectRequest("10.0.0.1:80", []), default));
        Assert.Equal(TunnelFailure.IdentityMismatch, e.Reason);
        Assert.Contains("spiffe://cluster.local/ns/test/sa/server", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_NothingExpected_RefusesEverybody()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var e = await Assert.ThrowsAsync<TunnelException>(async () => await mesh.CreatePool().ConnectAsync(mesh.Target with { ExpectedUris = [] }, new TunnelConnectRequest("10.0.0.1:80", []), default));
        Assert.Equal(TunnelFailure.IdentityMismatch, e.Reason);
    }

    [Fact]
    public async Task Client_NodeIdentity_IsAccepted()
    {
        var certificates = new TestCertificates("cluster.local", TimeProvider.System);
        await using var mesh = new TestMesh(TestMesh.EchoAsync, certificates: certificates, serverCertificate: certificates.Issue("nodemesh-proxy", otherUris: "spiffe://cluster.local/node/node-2"));
        await using var connection = await mesh.CreatePool().ConnectAsync(mesh.Target with { ExpectedUris = ["spiffe://cluster.local/node/node-2"] }, new TunnelConnectRequest("10.0.0.1:80", []), default);
        Assert.Equal("node-2", connection.Peer.Node!.Value.Node);
    }

    [Fact]
    public async Task Client_ServerOfAnotherAuthority_IsRefused()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync, serverCertificate: new TestCertificates("cluster.local", TimeProvider.System).Issue("server"));
        var e = await Assert.ThrowsAsync<TunnelException>(() => mesh.ConnectAsync(mesh.CreatePool()));
        Assert.Equal(TunnelFailure.IdentityMismatch, e.Reason);
    }

    [Fact]
    public async Task Client_PlaintextServer_FailsWithTlsFailed()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        var answering = Task.Run(async () =>
        {
            using var accepted = await listener.AcceptAsync(TestMesh.Deadline);
            await accepted.SendAsync("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray());
            await ReadToEndAsync(accepted);
        });
        var target = mesh.Target with { Address = (System.Net.IPEndPoint)listener.LocalEndPoint! };
        var e = await Assert.ThrowsAsync<TunnelException>(async () => await mesh.CreatePool().ConnectAsync(target, new TunnelConnectRequest("10.0.0.1:80", []), default));
        Assert.Equal(TunnelFailure.TlsFailed, e.Reason);
        await answering;
    }

    private static async Task CheckRefusedAsync(string reason, Func<TestMesh, Task> attempt, WorkloadCertificate? serverCertificate = null, TimeProvider? time = null)
    {
        using var log = new CapturingLog();
        await using (var mesh = new TestMesh(TestMesh.EchoAsync, log: log, serverCertificate: serverCertificate, time: time))
        {
            await attempt(mesh);
            await TestMesh.WaitForAsync(() => !log.Lines.IsEmpty, "the refusal is logged");

            // It lives on: a good client gets in.
            if (serverCertificate is null && time is null)
            {
                await using var connection = await mesh.ConnectAsync(mesh.CreatePool());
            }
        }

        var refused = Assert.Single(log.Lines, l => l.Text.StartsWith("handshake", StringComparison.Ordinal));
        Assert.Contains($"({reason})", refused.Text, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Information, refused.Level);
        Assert.DoesNotContain(log.Lines, l => l.Level > LogLevel.Information);
    }

    private static async Task HandshakeAsync(TestMesh mesh, SslClientAuthenticationOptions options)
    {
        using var socket = await TestMesh.DialAsync(mesh.Address, default);
        await using var stream = new SslStream(new NetworkStream(socket));
        try
        {
            await stream.AuthenticateAsClientAsync(options, TestMesh.Deadline);

            // In TLS 1.3 the client learns of the refusal with its first read.
            Assert.Equal(0, await stream.ReadAsync(new byte[1], TestMesh.Deadline));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // Refused.
        }
    }

    private static async Task ReadToEndAsync(Socket socket)
    {
        try
        {
            while (await socket.ReceiveAsync(new byte[256], TestMesh.Deadline) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset, which is an end as well.
        }
    }

    private sealed class CapturingLog : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, formatter(state, exception)));
    }
}
