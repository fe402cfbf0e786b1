using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Dns;

/// <summary>Serves DNS on sockets that others opened. Bad messages are answered with FORMERR where they have an id, else dropped; answers are never answered, so two servers cannot talk for ever.</summary>
public sealed partial class DnsServer
{
    /// <summary>Bytes of the longest question that is taken by UDP: what resolvers send is shorter than 512, with all extensions.</summary>
    private const int UdpQuestionLimit = 4096;

    private readonly DnsHandler _handler;
    private readonly DnsServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>Makes a server.</summary>
    /// <param name="handler">Answers questions; may be called any number of times at once.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock of time-outs.</param>
    /// <param name="log">Where to log.</param>
    public DnsServer(DnsHandler handler, DnsServerOptions options, TimeProvider time, ILoggerFactory log)
    {
        _handler = handler;
        _options = options;
        _time = time;
        _log = log.CreateLogger<DnsServer>();
    }

    /// <summary>Serves a UDP socket until the token is cancelled or the socket is closed. Questions under way are let go.</summary>
    /// <param name="socket">A bound socket; stays the caller's.</param>
    /// <param name="ct">Stops serving.</param>
    /// <returns>When no question is received any more.</returns>
    public async Task ServeUdpAsync(Socket socket, CancellationToken ct)
    {
        var buffer = new byte[UdpQuestionLimit];
        using var slots = new SemaphoreSlim(_options.MaxUdpQuestions);
        while (!ct.IsCancellationRequested)
        {
            // A new one each time: the answer may be sent after the next question was received.
            var client = new SocketAddress(socket.AddressFamily);
            int length;
            try
            {
                length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, client, ct);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.MessageSize)
            {
                // An ICMP error for an earlier answer: that client is gone, the others are not.
                continue;
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                break;
            }
            catch (SocketException e)
            {
                LogSocketFailed(_log, e.Message);
                break;
            }

            if (slots.Wait(0, CancellationToken.None))
            {
                _ = AnswerUdpAsync(socket, buffer.AsSpan(0, length).ToArray(), client, slots, ct);
            }
        }

        // Whoever holds a slot gives it back after its send; the semaphore must outlive them.
        for (var i = 0; i < _options.MaxUdpQuestions; i++)
        {
            await slots.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Serves a TCP listener until the token is cancelled or the listener is closed; connections are closed then.</summary>
    /// <param name="listener">The listener; stays the caller's.</param>
    /// <param name="ct">Stops serving.</param>
    /// <returns>When all connections are closed.</returns>
    public async Task ServeTcpAsync(IConnectionListener listener, CancellationToken ct)
    {
        var connections = new HashSet<Task>();
        try
        {
            while (await listener.AcceptAsync(ct) is { } connection)
            {
                connections.RemoveWhere(c => c.IsCompleted);
                if (connections.Count >= _options.MaxTcpConnections)
                {
                    await connection.DisposeAsync();
                    continue;
                }

                connections.Add(ServeConnectionAsync(connection, ct));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The ordinary end.
        }
        catch (SocketException e)
        {
            LogSocketFailed(_log, e.Message);
        }

        await Task.WhenAll(connections);
    }

    private async Task AnswerUdpAsync(Socket socket, byte[] question, SocketAddress client, SemaphoreSlim slots, CancellationToken ct)
    {
        try
        {
            if (await AnswerAsync(question, DnsTransport.Udp, ToEndPoint(client), ct) is { } answer)
            {
                await socket.SendToAsync(answer, SocketFlags.None, client, ct);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client asks again, or the server is stopping.
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task ServeConnectionAsync(ConnectionContext connection, CancellationToken ct)
    {
        await using var ownership = connection;
        using var idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, idle.Token);
        var client = connection.RemoteEndPoint as IPEndPoint ?? new IPEndPoint(IPAddress.None, 0);
        try
        {
            idle.CancelAfter(_options.TcpIdleTimeout);
            while (await DnsFraming.ReadAsync(connection.Transport.Input, end.Token) is { } question)
            {
                idle.CancelAfter(Timeout.InfiniteTimeSpan);
                if (await AnswerAsync(question, DnsTransport.Tcp, client, ct) is not { } answer)
                {
                    connection.Abort(new ConnectionAbortedException("not a DNS question"));
                    return;
                }

                idle.CancelAfter(_options.TcpIdleTimeout);
                await connection.Transport.Output.WriteAsync(DnsFraming.Frame(answer.Span), end.Token);
            }

            await connection.Transport.Output.CompleteAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException or DnsFormatException)
        {
            // Idle, gone or stopping: the connection is closed below.
            LogBadMessage(_log, DnsTransport.Tcp, client, e.Message);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>?> AnswerAsync(byte[] raw, DnsTransport transport, IPEndPoint client, CancellationToken ct)
    {
        if (raw.Length < DnsMessage.HeaderLength || (raw[2] & 0x80) != 0)
        {
            return null;
        }

        DnsMessage message;
        try
        {
            message = DnsMessage.Parse(raw);
        }
        catch (DnsFormatException e)
        {
            LogBadMessage(_log, transport, client, e.Message);
            var id = BinaryPrimitives.ReadUInt16BigEndian(raw);
            return new DnsMessage { Id = id, IsResponse = true, ResponseCode = DnsResponseCode.FormatError }.ToArray();
        }

        if (message.OpCode != 0 || message.Questions.Length != 1)
        {
            var code = message.OpCode != 0 ? DnsResponseCode.NotImplemented : DnsResponseCode.FormatError;
            return (message.Reply(code) with { Questions = [] }).ToArray();
        }

        try
        {
            return await _handler(new DnsRequest(message, raw, transport, client), ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            LogHandlerFailed(_log, e, message.Questions[0].Name, message.Questions[0].Type);
            return message.Reply(DnsResponseCode.ServerFailure).ToArray();
        }
    }

    private static IPEndPoint ToEndPoint(SocketAddress address)
    {
        var template = new IPEndPoint(address.Family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        return (IPEndPoint)template.Create(address);
    }
}
