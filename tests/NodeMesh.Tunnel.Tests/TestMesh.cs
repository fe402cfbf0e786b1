using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Identity;

namespace NodeMesh.Tunnel.Tests;

/// <summary>A tunnel server on loopback and pools that reach it.</summary>
internal sealed class TestMesh : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _serving = [];
    private readonly List<TunnelPool> _pools = [];
    private readonly ILoggerFactory _log;
    private readonly Task _accepting;

    public TestMesh(Func<TunnelRequest, Task> handler, TunnelOptions? options = null, TimeProvider? time = null, ILoggerFactory? log = null, WorkloadCertificate? serverCertificate = null, TestCertificates? certificates = null)
    {
        Options = options ?? new TunnelOptions();
        Time = time ?? TimeProvider.System;
        _log = log ?? NullLoggerFactory.Instance;
        Certificates = certificates ?? new TestCertificates("cluster.local", Time);
        ServerCertificate = serverCertificate ?? Certificates.Issue("server");
        Server = new TunnelServer(Options, Time, _log);
        Handler = handler;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public TunnelOptions Options { get; }

    public TimeProvider Time { get; }

    public TestCertificates Certificates { get; }

    public WorkloadCertificate ServerCertificate { get; set; }

    public Func<TunnelRequest, Task> Handler { get; set; }

    public TunnelServer Server { get; }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public int Accepted { get; private set; }

    public List<Socket> AcceptedSockets { get; } = [];

    public TunnelTarget Target => new(Certificates.Identity("client"), Address, [ServerCertificate.Identity.ToString()]);

    public static async ValueTask<Socket> DialAsync(IPEndPoint to, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(to, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task EchoAsync(TunnelRequest request)
    {
        await using var connection = await request.AcceptAsync([], CancellationToken.None);
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync();
            foreach (var part in read.Buffer)
            {
                await connection.Transport.Output.WriteAsync(part);
            }

            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await connection.Transport.Output.CompleteAsync();
    }

    public static async Task WaitForAsync(Func<bool> condition, string what)
    {
        var deadline = Environment.TickCount64 + 20_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, $"did not come true in 20 s: {what}");
            await Task.Delay(5);
        }
    }

    public TunnelPool CreatePool(TunnelOptions? options = null, Func<IPEndPoint, CancellationToken, ValueTask<Socket>>? dial = null, ICertificateSource? certificates = null, TimeProvider? time = null)
    {
        var pool = new TunnelPool(certificates ?? Certificates, dial ?? DialAsync, options ?? Options, time ?? Time, _log);
        _pools.Add(pool);
        return pool;
    }

    public async Task<TunnelConnection> ConnectAsync(TunnelPool pool, string authority = "10.0.0.1:80", params KeyValuePair<string, string>[] headers) =>
        await pool.ConnectAsync(Target, new TunnelConnectRequest(authority, headers), Deadline);

    public async ValueTask DisposeAsync()
    {
        foreach (var pool in _pools)
        {
            await pool.DisposeAsync();
        }

        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Server.DisposeAsync();
        await Task.WhenAll(_serving).WaitAsync(TimeSpan.FromSeconds(20));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Accepted++;
                AcceptedSockets.Add(socket);
                _serving.Add(Server.ServeAsync(socket, _ => new ValueTask<WorkloadCertificate>(ServerCertificate), r => Handler(r), _stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The mesh is taken down.
        }
    }
}
