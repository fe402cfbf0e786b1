using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace NodeMesh.Dns.Tests;

/// <summary>A DNS server on a loopback port, the same for UDP and TCP.</summary>
internal sealed class DnsFixture : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _udp;
    private readonly IConnectionListener _tcp;
    private readonly Task _loops;

    private DnsFixture(Socket udp, IConnectionListener tcp, DnsHandler handler, DnsServerOptions options)
    {
        _udp = udp;
        _tcp = tcp;
        EndPoint = (IPEndPoint)udp.LocalEndPoint!;
        var server = new DnsServer(handler, options, TimeProvider.System, NullLoggerFactory.Instance);
        _loops = Task.WhenAll(server.ServeUdpAsync(udp, _stop.Token), server.ServeTcpAsync(tcp, _stop.Token));
    }

    public IPEndPoint EndPoint { get; }

    public static async Task<DnsFixture> StartAsync(DnsHandler handler, DnsServerOptions? options = null)
    {
        var factory = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        for (var attempt = 0; ; attempt++)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            try
            {
                return new DnsFixture(udp, await factory.BindAsync(udp.LocalEndPoint!), handler, options ?? new DnsServerOptions());
            }
            catch (AddressInUseException) when (attempt < 20)
            {
                udp.Dispose();
            }
        }
    }

    public static DnsForwarder Forwarder(ImmutableArray<IPEndPoint> servers, TimeSpan? timeout = null) =>
        new(
            servers,
            (family, transport, _) => ValueTask.FromResult(transport == DnsTransport.Udp
                ? new Socket(family, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(family, SocketType.Stream, ProtocolType.Tcp)),
            new DnsForwarderOptions { AttemptTimeout = timeout ?? TimeSpan.FromSeconds(5) },
            TimeProvider.System);

    public async Task<byte[]> AskAsync(byte[] query)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(EndPoint);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.SendAsync(query, SocketFlags.None, deadline.Token);
        var buffer = new byte[65535];
        return buffer[..await socket.ReceiveAsync(buffer, SocketFlags.None, deadline.Token)];
    }

    public async Task<DnsMessage> AskAsync(string name, DnsRecordType type, DnsTransport transport = DnsTransport.Udp)
    {
        var query = Query(name, type);
        return DnsMessage.Parse(await Forwarder([EndPoint]).ForwardAsync(query, transport, CancellationToken.None));
    }

    public static byte[] Query(string name, DnsRecordType type) => new DnsMessage { Id = 4711, RecursionDesired = true, Questions = [new DnsQuestion(name, type)] }.ToArray();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops.WaitAsync(TimeSpan.FromSeconds(20));
        await _tcp.DisposeAsync();
        _udp.Dispose();
        _stop.Dispose();
    }
}
