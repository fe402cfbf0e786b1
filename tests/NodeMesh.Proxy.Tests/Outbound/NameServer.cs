using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using NodeMesh.Dns;

namespace NodeMesh.Proxy.Tests.Outbound;

/// <summary>A name server on a UDP port of loopback that answers as a test says, or not at all.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Task _serving;
    private int _questions;

    public NameServer()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _serving = ServeAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>How many questions have come. A name is two of them: for IPv4 and for IPv6.</summary>
    public int Questions => Volatile.Read(ref _questions);

    /// <summary>What it answers; null for nothing at all.</summary>
    public volatile Func<DnsMessage, DnsMessage>? Answer;

    /// <summary>The questions that it did not answer, with whom to answer to.</summary>
    public ConcurrentQueue<(DnsMessage Question, EndPoint From)> Unanswered { get; } = [];

    /// <summary>An answer with one IPv4 address.</summary>
    public static Func<DnsMessage, DnsMessage> With(string address, uint timeToLive) => question => question.Reply(DnsResponseCode.NoError) with
    {
        Answers = question.Questions[0].Type == DnsRecordType.A ? [DnsRecord.ForAddress(question.Questions[0].Name, IPAddress.Parse(address), timeToLive)] : [],
    };

    /// <summary>Answers what waits.</summary>
    public async Task ReleaseAsync(Func<DnsMessage, DnsMessage> answer)
    {
        while (Unanswered.TryDequeue(out var waiting))
        {
            await _socket.SendToAsync(answer(waiting.Question).ToArray(), waiting.From);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var buffer = new byte[DnsMessage.TcpLimit];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var question = DnsMessage.Parse(buffer.AsMemory(0, received.ReceivedBytes).ToArray());
                if (Answer is { } answer)
                {
                    Interlocked.Increment(ref _questions);
                    await _socket.SendToAsync(answer(question).ToArray(), received.RemoteEndPoint, _stop.Token);
                }
                else
                {
                    Unanswered.Enqueue((question, received.RemoteEndPoint));
                    Interlocked.Increment(ref _questions);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
