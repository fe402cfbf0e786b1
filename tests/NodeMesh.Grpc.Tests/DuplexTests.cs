using Google.Protobuf.WellKnownTypes;

namespace NodeMesh.Grpc.Tests;

public sealed class DuplexTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static StringValue Text(string value) => new() { Value = value };

    [Fact]
    public async Task Duplex_10000RoundTrips_KeepOrder()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcDuplex(GrpcHost.Method, async (requests, responses, _, cancellationToken) =>
        {
            await foreach (var request in requests)
            {
                await responses.WriteAsync(request, cancellationToken);
            }
        }));
        using var patience = new CancellationTokenSource(Patience);
        await using var call = host.Channel.Duplex(GrpcHost.Method, GrpcCallOptions.None, patience.Token);
        var expected = 0;

        await call.WriteAsync(Text("0"), patience.Token);
        await foreach (var response in call.ReadAllAsync(patience.Token))
        {
            Assert.Equal(expected.ToString(System.Globalization.CultureInfo.InvariantCulture), response.Value);
            if (++expected == 10_000)
            {
                await call.CompleteAsync();
                continue;
            }

            await call.WriteAsync(Text(expected.ToString(System.Globalization.CultureInfo.InvariantCulture)), patience.Token);
        }

        Assert.Equal(10_000, expected);
    }

    [Fact]
    public async Task Duplex_10000MessagesWithoutWaiting_AllArrive()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcDuplex(GrpcHost.Method, async (requests, responses, _, cancellationToken) =>
        {
            var count = 0;
            await foreach (var unused in requests)
            {
                count++;
            }

            await responses.WriteAsync(Text($"{count}"), cancellationToken);
        }));
        using var patience = new CancellationTokenSource(Patience);
        await using var call = host.Channel.Duplex(GrpcHost.Method, GrpcCallOptions.None, patience.Token);

        for (var i = 0; i < 10_000; i++)
        {
            await call.WriteAsync(Text("message"), patience.Token);
        }

        await call.CompleteAsync();
        var responses = new List<string>();
        await foreach (var response in call.ReadAllAsync(patience.Token))
        {
            responses.Add(response.Value);
        }

        Assert.Equal(["10000"], responses);
    }

    [Fact]
    public async Task Duplex_ServerSpeaksFirst_ClientReadsBeforeItWrites()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcDuplex(GrpcHost.Method, (_, responses, _, cancellationToken) =>
            responses.WriteAsync(Text("first"), cancellationToken).AsTask()));
        using var patience = new CancellationTokenSource(Patience);
        await using var call = host.Channel.Duplex(GrpcHost.Method, GrpcCallOptions.None, patience.Token);

        var responses = new List<string>();
        await foreach (var response in call.ReadAllAsync(patience.Token))
        {
            responses.Add(response.Value);
        }

        Assert.Equal(["first"], responses);
    }

    [Fact]
    public async Task Duplex_ServerFailsInTheMiddle_ClientReadsMessagesThenStatus()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcDuplex(GrpcHost.Method, async (requests, responses, _, cancellationToken) =>
        {
            await foreach (var request in requests)
            {
                await responses.WriteAsync(request, cancellationToken);
                throw new GrpcException(GrpcStatusCode.FailedPrecondition, "enough");
            }
        }));
        using var patience = new CancellationTokenSource(Patience);
        await using var call = host.Channel.Duplex(GrpcHost.Method, GrpcCallOptions.None, patience.Token);
        await call.WriteAsync(Text("one"), patience.Token);
        await using var responses = call.ReadAllAsync(patience.Token).GetAsyncEnumerator(patience.Token);

        Assert.True(await responses.MoveNextAsync());
        var error = await Assert.ThrowsAsync<GrpcException>(() => responses.MoveNextAsync().AsTask());

        Assert.Equal(GrpcStatusCode.FailedPrecondition, error.Code);
        Assert.Equal("enough", error.Detail);
    }

    [Fact]
    public async Task Duplex_ServerRefusesAtOnce_ReaderGetsTheStatus()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcDuplex(GrpcHost.Method, (_, _, _, _) =>
            throw new GrpcException(GrpcStatusCode.Unauthenticated, "who are you?")));
        using var patience = new CancellationTokenSource(Patience);
        await using var call = host.Channel.Duplex(GrpcHost.Method, GrpcCallOptions.None, patience.Token);

        var error = await Assert.ThrowsAsync<GrpcException>(() => call.WaitForHeadersAsync(patience.Token));

        Assert.Equal(GrpcStatusCode.Unauthenticated, error.Code);
    }

    [Fact]
    public async Task Duplex_ServerRefusesAtOnce_WriterGetsTheStatusToo()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcDuplex(GrpcHost.Method, (_, _, _, _) =>
            throw new GrpcException(GrpcStatusCode.Unauthenticated, "who are you?")));
        using var patience = new CancellationTokenSource(Patience);
        await using var call = host.Channel.Duplex(GrpcHost.Method, GrpcCallOptions.None, patience.Token);

        var error = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            while (true)
            {
                await call.WriteAsync(Text("let me in"), patience.Token);
            }
        });

        Assert.Equal(GrpcStatusCode.Unauthenticated, error.Code);
    }

    [Fact]
    public async Task Duplex_ClientDisposesInTheMiddle_ServerIsCancelled()
    {
        var cancelled = new TaskCompletionSource();
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcDuplex(GrpcHost.Method, async (requests, responses, _, cancellationToken) =>
        {
            cancellationToken.Register(() => cancelled.TrySetResult());
            await foreach (var request in requests)
            {
                await responses.WriteAsync(request, cancellationToken);
            }
        }));
        using var patience = new CancellationTokenSource(Patience);
        var call = host.Channel.Duplex(GrpcHost.Method, GrpcCallOptions.None, patience.Token);
        await call.WriteAsync(Text("one"), patience.Token);
        await using (var responses = call.ReadAllAsync(patience.Token).GetAsyncEnumerator(patience.Token))
        {
            Assert.True(await responses.MoveNextAsync());
        }

        await call.DisposeAsync();

        await cancelled.Task.WaitAsync(patience.Token);
    }

    [Fact]
    public async Task Duplex_DeadlinePassesWhileReading_IsDeadlineExceeded()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcDuplex(GrpcHost.Method, async (requests, _, _, _) =>
        {
            await foreach (var unused in requests)
            {
            }
        }));
        using var patience = new CancellationTokenSource(Patience);
        await using var call = host.Channel.Duplex(GrpcHost.Method, new GrpcCallOptions { Deadline = TimeSpan.FromMilliseconds(200) }, patience.Token);
        await using var responses = call.ReadAllAsync(patience.Token).GetAsyncEnumerator(patience.Token);

        var error = await Assert.ThrowsAsync<GrpcException>(() => responses.MoveNextAsync().AsTask());

        Assert.Equal(GrpcStatusCode.DeadlineExceeded, error.Code);
    }
}
