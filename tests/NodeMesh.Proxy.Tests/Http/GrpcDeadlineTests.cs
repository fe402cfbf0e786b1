using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeMesh.Model;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Tests.Http;

public sealed class GrpcDeadlineTests
{
    [Theory]
    [InlineData("100m", null, "4")]
    [InlineData("100m", 3600_000, "4")]
    [InlineData("1H", 100, "14")]
    [InlineData(null, 100, "14")]
    public async Task Call_ThatTakesTooLong_SaysWhoseTimeWasUp(string? deadline, int? timeout, string status)
    {
        var rule = HttpMesh.To("web") with { Timeout = timeout is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null };
        await using var mesh = await HttpMesh.CreateAsync(rule, protocol: AppProtocol.Grpc);
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server, context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default), HttpProtocols.Http2);
        using var client = mesh.NewClient(HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/peer.Echo/Wait")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        if (deadline is not null)
        {
            request.Headers.TryAddWithoutValidation("grpc-timeout", deadline);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, status), (response.StatusCode, response.Headers.GetValues("grpc-status").Single()));
        Assert.Equal(ResponseFlag.UpstreamRequestTimeout, (await mesh.Requests.WaitAsync("/peer.Echo/Wait")).Flags);
    }
}
