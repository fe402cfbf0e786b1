using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace NodeMesh.Dns;

/// <summary>Asks upstream servers, in order. Each question has a socket, and so a source port, of its own, which an off-path forger has to guess.</summary>
/// <param name="servers">The servers; may be empty: then every question fails.</param>
/// <param name="sockets">Makes sockets.</param>
/// <param name="options">Time-outs.</param>
/// <param name="time">The clock of time-outs.</param>
public sealed class DnsForwarder(ImmutableArray<IPEndPoint> servers, DnsSocketFactory sockets, DnsForwarderOptions options, TimeProvider time)
{
    /// <summary>Passes a question on as it is, and returns the answer as it is. A truncated answer over UDP stays truncated: the client asks again over TCP.</summary>
    /// <param name="query">The question's bytes.</param>
    /// <param name="transport">How to ask.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answer's bytes. SERVFAIL and REFUSED are passed on only if no server has better.</returns>
    /// <exception cref="DnsUpstreamException">No server answered.</exception>
    public async Task<ReadOnlyMemory<byte>> ForwardAsync(ReadOnlyMemory<byte> query, DnsTransport transport, CancellationToken ct)
    {
        if (servers.IsEmpty)
        {
            throw new DnsUpstreamException("no upstream DNS server is configured");
        }

        ReadOnlyMemory<byte>? poor = null;
        Exception? last = null;
        for (var attempt = 0; attempt < servers.Length * options.Rounds; attempt++)
        {
            // A server that said no says it again; only silence is worth another round.
            if (attempt >= servers.Length && poor is not null)
            {
                break;
            }

            var server = servers[attempt % servers.Length];
            using var timeout = new CancellationTokenSource(options.AttemptTimeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            try
            {
                var answer = transport == DnsTransport.Udp ? await AskUdpAsync(server, query, both.Token) : await AskTcpAsync(server, query, both.Token);
                if ((DnsResponseCode)(answer.Span[3] & 0xf) is not (DnsResponseCode.ServerFailure or DnsResponseCode.Refused))
                {
                    return answer;
                }

                poor = answer;
            }
            catch (Exception e) when (e is SocketException or IOException or DnsFormatException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                last = e;
            }
        }

        return poor ?? throw new DnsUpstreamException($"no answer from {string.Join(", ", servers)}: {(last is OperationCanceledException ? "timed out" : last?.Message)}", last);
    }

    /// <summary>Asks for records itself: over UDP, and over TCP where the answer is truncated.</summary>
    /// <param name="question">The question.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="DnsUpstreamException">No server answered, or the answer is malformed.</exception>
    public async Task<DnsMessage> ResolveAsync(DnsQuestion question, CancellationToken ct)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var query = new DnsMessage { Id = id, RecursionDesired = true, Questions = [question], Edns = new DnsEdns(DnsWriter.OwnUdpPayloadSize, false, 0) }.ToArray();
        try
        {
            var answer = DnsMessage.Parse(await ForwardAsync(query, DnsTransport.Udp, ct));
            return answer.Truncated ? DnsMessage.Parse(await ForwardAsync(query, DnsTransport.Tcp, ct)) : answer;
        }
        catch (DnsFormatException e)
        {
            throw new DnsUpstreamException($"upstream's answer for {question.Name} cannot be read: {e.Message}", e);
        }
    }

    private async Task<ReadOnlyMemory<byte>> AskUdpAsync(IPEndPoint server, ReadOnlyMemory<byte> query, CancellationToken ct)
    {
        using var socket = await sockets(server.AddressFamily, DnsTransport.Udp, ct);

        // Connected: the kernel drops what others send, and reports a closed port at once.
        await socket.ConnectAsync(server, ct);
        await socket.SendAsync(query, SocketFlags.None, ct);
        var buffer = new byte[DnsMessage.TcpLimit];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, SocketFlags.None, ct);
            if (IsAnswer(buffer.AsSpan(0, length), query.Span))
            {
                return buffer.AsMemory(0, length);
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> AskTcpAsync(IPEndPoint server, ReadOnlyMemory<byte> query, CancellationToken ct)
    {
        using var socket = await sockets(server.AddressFamily, DnsTransport.Tcp, ct);
        await socket.ConnectAsync(server, ct);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(DnsFraming.Frame(query.Span), ct);
        var reader = PipeReader.Create(stream);
        var answer = await DnsFraming.ReadAsync(reader, ct);
        await reader.CompleteAsync();
        return answer is not null && IsAnswer(answer, query.Span) ? answer : throw new DnsFormatException("the server closed the connection, or answered something else");
    }

    /// <summary>Same id, an answer, and the same question or none (servers that cannot read a question may leave it out).</summary>
    private static bool IsAnswer(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> query)
    {
        if (answer.Length < DnsMessage.HeaderLength || !answer[..2].SequenceEqual(query[..2]) || (answer[2] & 0x80) == 0)
        {
            return false;
        }

        var questions = BinaryPrimitives.ReadUInt16BigEndian(answer[4..]);
        var end = QuestionEnd(query);
        return questions == 0
            ? (answer[3] & 0xf) != 0
            : answer.Length >= end && System.Text.Ascii.EqualsIgnoreCase(answer[DnsMessage.HeaderLength..end], query[DnsMessage.HeaderLength..end]);
    }

    private static int QuestionEnd(ReadOnlySpan<byte> query)
    {
        // The query was parsed before: its question has no pointer and is whole.
        var at = DnsMessage.HeaderLength;
        while (at < query.Length && query[at] is > 0 and < 0xc0)
        {
            at += query[at] + 1;
        }

        return Math.Min(at + 5, query.Length);
    }
}
