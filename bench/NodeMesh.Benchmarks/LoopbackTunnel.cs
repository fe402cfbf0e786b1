using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Identity;
using NodeMesh.Model;
using NodeMesh.Tunnel;

namespace NodeMesh.Benchmarks;

/// <summary>A tunnel server that echoes or drops, and a pool, in this process over loopback.</summary>
internal sealed class LoopbackTunnel : ICertificateSource, IAsyncDisposable
{
    public const string Echo = "10.0.0.1:7";
    public const string Discard = "10.0.0.1:9";

    private readonly CertificateAuthority _authority = CertificateAuthority.Create("cluster.local", TimeProvider.System);
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TunnelServer _server = new(new TunnelOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly WorkloadCertificate _own;
    private readonly Task _serving;

    public LoopbackTunnel()
    {
        _own = Issue("server");
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Pool = CreatePool();
        _serving = ServeAsync();
    }

    public TunnelPool Pool { get; }

    public TunnelTarget Target => new(new SpiffeId("cluster.local", "bench", "client"), (IPEndPoint)_listener.LocalEndPoint!, [_own.Identity.ToString()]);

    public TunnelPool CreatePool() => new(
        this,
        static async (to, ct) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(to, ct);
            return socket;
        },
        new TunnelOptions(),
        TimeProvider.System,
        NullLoggerFactory.Instance);

    public ValueTask<TunnelConnection> ConnectAsync(string authority) => Pool.ConnectAsync(Target, new TunnelConnectRequest(authority, []), CancellationToken.None);

    public ValueTask<WorkloadCertificate> GetAsync(SpiffeId identity, CancellationToken ct) => new(_own);

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        _listener.Dispose();
        await _serving;
        await _server.DisposeAsync();
        _authority.Dispose();
    }

    private static async Task HandleAsync(TunnelRequest request)
    {
        await using var connection = await request.AcceptAsync([], CancellationToken.None);
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var read = await input.ReadAsync();
            if (request.Authority == Echo)
            {
                foreach (var part in read.Buffer)
                {
                    await output.WriteAsync(part);
                }
            }

            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                await output.CompleteAsync();
                return;
            }
        }
    }

    private WorkloadCertificate Issue(string account)
    {
        var identity = new SpiffeId("cluster.local", "bench", account);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ImmutableArray<string> uris = [identity.ToString()];
        var signed = _authority.Sign(new PublicKey(key), uris, TimeSpan.FromHours(24));
        var leaf = X509Certificate2.CreateFromPem(signed.ChainPem[0]).CopyWithPrivateKey(key);
        return new WorkloadCertificate(identity, uris, leaf, [], new TrustAnchors(_authority.Bundle));
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = _server.ServeAsync(await _listener.AcceptAsync(), _ => new ValueTask<WorkloadCertificate>(_own), HandleAsync, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener is closed.
        }
    }
}
