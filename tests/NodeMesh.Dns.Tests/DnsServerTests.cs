using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Dns.Tests;

/// <summary>Server, resolver and forwarder over real sockets on loopback.</summary>
public sealed class DnsServerTests
{
    private readonly FakeZone _zone = new FakeZone()
        .With("web.shop.svc.cluster.local", "10.96.0.7", "fd00:96::7")
        .With("many.shop.svc.cluster.local", [.. Enumerable.Range(1, 100).Select(i => $"10.0.0.{i}")]);

    [Fact]
    public async Task Server_KnownName_IsAnsweredOverBothTransports()
    {
        await using var server = await DnsFixture.StartAsync(Service([]));
        foreach (var transport in new[] { DnsTransport.Udp, DnsTransport.Tcp })
        {
            var answer = await server.AskAsync("Web.shop", DnsRecordType.A, transport);
            Assert.True(answer.IsResponse && answer.Authoritative && answer.RecursionAvailable && answer.RecursionDesired);
            Assert.Equal("Web.shop", answer.Questions[0].Name);
            Assert.Equal(IPAddress.Parse("10.96.0.7"), Assert.Single(answer.Answers).Address);
            Assert.Null(answer.Edns);
        }
    }

    [Fact]
    public async Task Server_LongAnswer_IsTruncatedOverUdpAndWholeOverTcp()
    {
        await using var server = await DnsFixture.StartAsync(Service([]));
        var udp = await server.AskAsync("many", DnsRecordType.A);
        Assert.True(udp.Truncated);
        Assert.True(udp.Answers.Length < 100);
        var tcp = await server.AskAsync("many", DnsRecordType.A, DnsTransport.Tcp);
        Assert.False(tcp.Truncated);
        Assert.Equal(100, tcp.Answers.Length);
        var resolved = await DnsFixture.Forwarder([server.EndPoint]).ResolveAsync(new DnsQuestion("many.shop", DnsRecordType.A), CancellationToken.None);
        Assert.Equal(100, resolved.Answers.Length);
    }

    [Fact]
    public async Task Server_BadMessages_GetTheirCodesAndTheNextIsServed()
    {
        await using var server = await DnsFixture.StartAsync(Service([]));
        var cut = DnsFixture.Query("web.shop", DnsRecordType.A)[..^3];
        Assert.Equal(DnsResponseCode.FormatError, DnsMessage.Parse(await server.AskAsync(cut)).ResponseCode);
        var update = DnsFixture.Query("web.shop", DnsRecordType.A);
        update[2] |= 5 << 3;
        Assert.Equal(DnsResponseCode.NotImplemented, DnsMessage.Parse(await server.AskAsync(update)).ResponseCode);
        var none = new DnsMessage { Id = 9 }.ToArray();
        Assert.Equal(DnsResponseCode.FormatError, DnsMessage.Parse(await server.AskAsync(none)).ResponseCode);
        Assert.Equal(DnsResponseCode.NoError, (await server.AskAsync("web.shop", DnsRecordType.A)).ResponseCode);
    }

    [Fact]
    public async Task Server_GarbageAndAnswers_AreDroppedInSilence()
    {
        await using var server = await DnsFixture.StartAsync(Service([]));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server.EndPoint);
        var random = new Random(1);
        var buffer = new byte[1000];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (ushort round = 1; round <= 40; round++)
        {
            // No more than a receive buffer holds, and then a question: the next thing that comes back is its answer.
            for (var i = 0; i < 50; i++)
            {
                var bytes = new byte[random.Next(0, 100)];
                random.NextBytes(bytes);
                if (bytes.Length > 2)
                {
                    bytes[2] |= 0x80;
                }

                await socket.SendAsync(bytes);
            }

            await socket.SendAsync(new DnsMessage { Id = round, Questions = [new DnsQuestion("web.shop", DnsRecordType.A)] }.ToArray());
            var length = await socket.ReceiveAsync(buffer, deadline.Token);
            Assert.Equal(round, DnsMessage.Parse(buffer.AsMemory(0, length)).Id);
        }
    }

    [Fact]
    public async Task Server_TcpPipelineAndGarbage_AnswersEachAndClosesTheOther()
    {
        await using var server = await DnsFixture.StartAsync(Service([]));
        using var client = new TcpClient();
        await client.ConnectAsync(server.EndPoint);
        var one = DnsFraming.Frame(DnsFixture.Query("web.shop", DnsRecordType.A));

        // Two questions and a half, then the rest: message boundaries are not segment boundaries.
        await client.GetStream().WriteAsync(one.Concat(one).Concat(one[..5]).ToArray());
        var reader = System.IO.Pipelines.PipeReader.Create(client.GetStream());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Equal(4711, DnsMessage.Parse(await DnsFraming.ReadAsync(reader, deadline.Token)).Id);
        Assert.Equal(4711, DnsMessage.Parse(await DnsFraming.ReadAsync(reader, deadline.Token)).Id);
        await client.GetStream().WriteAsync(one.AsMemory(5));
        Assert.Equal(4711, DnsMessage.Parse(await DnsFraming.ReadAsync(reader, deadline.Token)).Id);

        await client.GetStream().WriteAsync("\0\x03GET"u8.ToArray());
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            if (await DnsFraming.ReadAsync(reader, deadline.Token) is null)
            {
                throw new EndOfStreamException();
            }
        });
        Assert.False(deadline.IsCancellationRequested);
    }

    [Fact]
    public async Task Server_SilentTcpClient_IsClosedAfterTheIdleTime()
    {
        await using var server = await DnsFixture.StartAsync(Service([]), new DnsServerOptions { TcpIdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = new TcpClient();
        await client.ConnectAsync(server.EndPoint);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], deadline.Token));
        }
        catch (IOException)
        {
            // Reset instead of a FIN: closed as well.
        }
    }

    [Fact]
    public async Task Server_HandlerThatThrows_AnswersServerFailure()
    {
        await using var server = await DnsFixture.StartAsync((_, _) => throw new InvalidOperationException("broken"));
        Assert.Equal(DnsResponseCode.ServerFailure, DnsMessage.Parse(await server.AskAsync(DnsFixture.Query("a.b", DnsRecordType.A))).ResponseCode);
    }

    [Fact]
    public async Task Forward_UnknownName_PassesUpstreamsBytesUnchanged()
    {
        byte[]? sent = null;
        byte[]? received = null;
        await using var upstream = await DnsFixture.StartAsync((request, _) =>
        {
            received = request.Raw.ToArray();
            var reply = request.Message.Reply(DnsResponseCode.NoError) with
            {
                Answers = [DnsRecord.ForAddress(request.Question.Name, IPAddress.Parse("192.0.2.1"), 77), DnsRecord.ForData(request.Question.Name, (DnsRecordType)99, new byte[] { 1, 2, 3 }, 1)],
                Edns = new DnsEdns(999, true, 0),
                AuthenticData = true,
            };
            sent = reply.ToArray();
            return ValueTask.FromResult<ReadOnlyMemory<byte>>(sent);
        });
        await using var server = await DnsFixture.StartAsync(Service([upstream.EndPoint]));
        var query = DnsFixture.Query("wWw.ExAmple.com", DnsRecordType.A);
        var answer = await server.AskAsync(query);
        Assert.Equal(sent, answer);
        Assert.Equal(query, received);
        Assert.Equal(77u, (await server.AskAsync("www.example.com", DnsRecordType.A, DnsTransport.Tcp)).Answers[0].TimeToLive);
    }

    [Fact]
    public async Task Forward_DeadAndFailingServers_AreLeftForTheNext()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var failing = await DnsFixture.StartAsync((_, _) => throw new InvalidOperationException("SERVFAIL"));
        await using var good = await DnsFixture.StartAsync(Service([]));
        var closed = new IPEndPoint(IPAddress.Loopback, 1);
        var query = DnsFixture.Query("web.shop", DnsRecordType.A);

        var forwarder = DnsFixture.Forwarder([closed, (IPEndPoint)silent.LocalEndPoint!, failing.EndPoint, good.EndPoint], TimeSpan.FromSeconds(2));
        Assert.Equal(DnsResponseCode.NoError, DnsMessage.Parse(await forwarder.ForwardAsync(query, DnsTransport.Udp, CancellationToken.None)).ResponseCode);

        var onlyFailing = DnsFixture.Forwarder([closed, failing.EndPoint], TimeSpan.FromSeconds(5));
        Assert.Equal(DnsResponseCode.ServerFailure, DnsMessage.Parse(await onlyFailing.ForwardAsync(query, DnsTransport.Udp, CancellationToken.None)).ResponseCode);

        var none = DnsFixture.Forwarder([closed]);
        Assert.Contains("127.0.0.1:1", (await Assert.ThrowsAsync<DnsUpstreamException>(() => none.ForwardAsync(query, DnsTransport.Udp, CancellationToken.None))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DnsUpstreamException>(() => none.ForwardAsync(query, DnsTransport.Tcp, CancellationToken.None));
    }

    [Fact]
    public async Task Forward_NoUpstream_IsServerFailure()
    {
        await using var server = await DnsFixture.StartAsync(Service([]));
        Assert.Equal(DnsResponseCode.ServerFailure, DnsMessage.Parse(await server.AskAsync(DnsFixture.Query("example.com", DnsRecordType.A))).ResponseCode);
    }

    [Fact]
    public async Task Forward_AnswersToOtherQuestions_AreIgnored()
    {
        using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        upstream.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var query = DnsFixture.Query("web.shop", DnsRecordType.A);
        var asked = DnsFixture.Forwarder([(IPEndPoint)upstream.LocalEndPoint!]).ForwardAsync(query, DnsTransport.Udp, CancellationToken.None);
        var buffer = new byte[600];
        var received = await upstream.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
        var message = DnsMessage.Parse(buffer.AsMemory(0, received.ReceivedBytes));
        var right = message.Reply(DnsResponseCode.NoError);
        byte[][] wrong =
        [
            (right with { Id = 1 }).ToArray(),
            (right with { IsResponse = false }).ToArray(),
            (right with { Questions = [new DnsQuestion("evil.shop", DnsRecordType.A)] }).ToArray(),
            (right with { Questions = [] }).ToArray(),
            [1, 2, 3],
        ];
        foreach (var bytes in wrong)
        {
            await upstream.SendToAsync(bytes, received.RemoteEndPoint);
        }

        await upstream.SendToAsync(right.ToArray(), received.RemoteEndPoint);
        Assert.Equal(right.ToArray(), (await asked).ToArray());
    }

    [Fact]
    public async Task Alias_OutsideTheZone_IsCompletedByUpstream()
    {
        await using var upstream = await DnsFixture.StartAsync((request, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(
            (request.Message.Reply(DnsResponseCode.NoError) with { Answers = [DnsRecord.ForAddress(request.Question.Name, IPAddress.Parse("192.0.2.9"), 5)] }).ToArray()));
        _zone.Hosts["ext.shop.svc.cluster.local"] = new DnsHost { CanonicalName = "www.example.org" };
        await using var server = await DnsFixture.StartAsync(Service([upstream.EndPoint]));
        var answer = await server.AskAsync("ext.shop.svc.cluster.local", DnsRecordType.A);
        Assert.Equal([DnsRecordType.Cname, DnsRecordType.A], answer.Answers.Select(r => r.Type));
        Assert.Equal(("www.example.org", IPAddress.Parse("192.0.2.9")), (answer.Answers[1].Name, answer.Answers[1].Address));
    }

    [Fact]
    public async Task Dig_AsksOverUdpAndTcp_AcceptsTheAnswers()
    {
        Assert.True(File.Exists("/usr/bin/dig"), "this test needs dig: apt-get install bind9-dnsutils");
        await using var server = await DnsFixture.StartAsync(Service([]));
        Assert.Equal("10.96.0.7", await DigAsync(server, "web.shop.svc.cluster.local", "A", "+short"));
        Assert.Equal("fd00:96::7", await DigAsync(server, "web", "AAAA", "+short", "+tcp"));
        var truncated = await DigAsync(server, "many.shop", "A", "+noedns", "+ignore");
        Assert.Contains(" tc ", truncated, StringComparison.Ordinal);
        var retried = await DigAsync(server, "many.shop", "A", "+noedns", "+short");
        Assert.Equal(100, retried.Split('\n').Length);
        var full = await DigAsync(server, "web.shop", "TXT");
        Assert.Contains("SERVFAIL", full, StringComparison.Ordinal);
        Assert.DoesNotContain("malformed", full, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("EDNS: version: 0", full, StringComparison.Ordinal);
    }

    private static async Task<string> DigAsync(DnsFixture server, params string[] arguments)
    {
        using var dig = Process.Start(new ProcessStartInfo("dig", [$"@{server.EndPoint.Address}", "-p", $"{server.EndPoint.Port}", "+tries=2", .. arguments]) { RedirectStandardOutput = true })!;
        var output = await dig.StandardOutput.ReadToEndAsync();
        await dig.WaitForExitAsync();
        return output.Trim();
    }

    private DnsHandler Service(IPEndPoint[] upstream) =>
        new DnsService(new DnsResolver(_zone, new DnsResolverOptions()), DnsFixture.Forwarder([.. upstream]), _ => new DnsClient("shop")).HandleAsync;
}
