using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using NodeMesh.Testing;

namespace NodeMesh.Grpc.Tests;

public sealed class UnaryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static StringValue Text(string value) => new() { Value = value };

    [Fact]
    public async Task Unary_WithMetadata_EchoesBoth()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcUnary(GrpcHost.Method, (request, context, _) =>
            Task.FromResult(Text(request.Value + context.GetMetadata("x-who")))));
        var options = new GrpcCallOptions { Metadata = [new("x-who", "me")] };

        var response = await host.Channel.UnaryAsync(GrpcHost.Method, Text("hello "), options, CancellationToken.None);

        Assert.Equal("hello me", response.Value);
    }

    [Fact]
    public async Task Unary_MessageOf8Megabytes_PassesBothWays()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcUnary(GrpcHost.Method, (request, _, _) => Task.FromResult(request)));
        var big = Text(new string('x', 8_000_000));

        var response = await host.Channel.UnaryAsync(GrpcHost.Method, big, GrpcCallOptions.None, CancellationToken.None);

        Assert.Equal(big, response);
    }

    [Fact]
    public async Task Unary_HandlerThrowsStatus_ClientGetsCodeAndText()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcUnary(GrpcHost.Method, (_, _, _) =>
            throw new GrpcException(GrpcStatusCode.Unauthenticated, "no täken: 100%")));

        var error = await Assert.ThrowsAsync<GrpcException>(() => host.Channel.UnaryAsync(GrpcHost.Method, Text(""), GrpcCallOptions.None, CancellationToken.None));

        Assert.Equal(GrpcStatusCode.Unauthenticated, error.Code);
        Assert.Equal("no täken: 100%", error.Detail);
    }

    [Fact]
    public async Task Unary_HandlerFails_ClientGetsUnknownWithoutTheText()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcUnary(GrpcHost.Method, (_, _, _) => throw new InvalidOperationException("secret")));

        var error = await Assert.ThrowsAsync<GrpcException>(() => host.Channel.UnaryAsync(GrpcHost.Method, Text(""), GrpcCallOptions.None, CancellationToken.None));

        Assert.Equal(GrpcStatusCode.Unknown, error.Code);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unary_DeadlinePasses_BothSidesGiveUp()
    {
        var clock = new ManualTimeProvider();
        var serverSaw = new TaskCompletionSource<TimeSpan?>();
        var cancelled = new TaskCompletionSource();
        await using var host = await GrpcHost.StartAsync(
            app => app.MapGrpcUnary(
                GrpcHost.Method,
                async (request, context, cancellationToken) =>
                {
                    cancellationToken.Register(() => cancelled.TrySetResult());
                    serverSaw.TrySetResult(context.Deadline);
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    return request;
                },
                new GrpcServerOptions { TimeProvider = clock }),
            new GrpcChannelOptions { TimeProvider = clock });
        var options = new GrpcCallOptions { Deadline = TimeSpan.FromMilliseconds(300) };

        var call = host.Channel.UnaryAsync(GrpcHost.Method, Text(""), options, CancellationToken.None);
        Assert.Equal(TimeSpan.FromMilliseconds(300), await serverSaw.Task.WaitAsync(Patience));
        clock.Advance(TimeSpan.FromMilliseconds(299));
        Assert.False(call.IsCompleted || cancelled.Task.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        // Which side was first decides what the client hears: its own clock, or the server's answer. Both say the same.
        var error = await Assert.ThrowsAsync<GrpcException>(() => call);
        Assert.Equal(GrpcStatusCode.DeadlineExceeded, error.Code);
        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Unary_CallerCancels_ThrowsCancellationAndServerSeesIt()
    {
        using var caller = new CancellationTokenSource();
        var cancelled = new TaskCompletionSource();
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcUnary(GrpcHost.Method, async (request, _, cancellationToken) =>
        {
            cancellationToken.Register(() => cancelled.TrySetResult());
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return request;
        }));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Channel.UnaryAsync(GrpcHost.Method, Text(""), GrpcCallOptions.None, caller.Token));

        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Unary_RequestTooLarge_IsResourceExhausted()
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcUnary(GrpcHost.Method, (request, _, _) => Task.FromResult(request), new GrpcServerOptions { MaxReceiveMessageBytes = 100 }));

        var error = await Assert.ThrowsAsync<GrpcException>(() => host.Channel.UnaryAsync(GrpcHost.Method, Text(new string('x', 101)), GrpcCallOptions.None, CancellationToken.None));

        Assert.Equal(GrpcStatusCode.ResourceExhausted, error.Code);
    }

    [Fact]
    public async Task Unary_ResponseTooLarge_IsResourceExhausted()
    {
        await using var host = await GrpcHost.StartAsync(
            app => app.MapGrpcUnary(GrpcHost.Method, (_, _, _) => Task.FromResult(Text(new string('x', 101)))),
            new GrpcChannelOptions { MaxReceiveMessageBytes = 100 });

        var error = await Assert.ThrowsAsync<GrpcException>(() => host.Channel.UnaryAsync(GrpcHost.Method, Text(""), GrpcCallOptions.None, CancellationToken.None));

        Assert.Equal(GrpcStatusCode.ResourceExhausted, error.Code);
    }

    [Theory]
    [InlineData(404, GrpcStatusCode.Unimplemented)]
    [InlineData(401, GrpcStatusCode.Unauthenticated)]
    [InlineData(503, GrpcStatusCode.Unavailable)]
    public async Task Unary_ServerAnswersPlainHttpError_IsMapped(int status, GrpcStatusCode expected)
    {
        await using var host = await GrpcHost.StartAsync(app => app.Run(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        }));

        var error = await Assert.ThrowsAsync<GrpcException>(() => host.Channel.UnaryAsync(GrpcHost.Method, Text(""), GrpcCallOptions.None, CancellationToken.None));

        Assert.Equal(expected, error.Code);
    }

    [Fact]
    public async Task Unary_NothingListens_IsUnavailable()
    {
        using var invoker = GrpcTransport.Create(new GrpcTransportOptions());
        using var channel = new GrpcChannel(invoker, new Uri("http://127.0.0.1:1"));

        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(GrpcHost.Method, Text(""), GrpcCallOptions.None, CancellationToken.None));

        Assert.Equal(GrpcStatusCode.Unavailable, error.Code);
    }

    [Fact]
    public async Task Unary_ServerResetsStream_IsMappedFromHttp2Code()
    {
        await using var host = await GrpcHost.StartAsync(app => app.Run(http =>
        {
            http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResetFeature>()!.Reset(0xb);
            return Task.CompletedTask;
        }));

        var error = await Assert.ThrowsAsync<GrpcException>(() => host.Channel.UnaryAsync(GrpcHost.Method, Text(""), GrpcCallOptions.None, CancellationToken.None));

        Assert.Equal(GrpcStatusCode.ResourceExhausted, error.Code);
    }
}
