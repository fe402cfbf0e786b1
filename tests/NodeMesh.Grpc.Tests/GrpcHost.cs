using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Grpc.Tests;

/// <summary>A Kestrel on loopback, HTTP/2 without TLS, with the methods of one test.</summary>
internal sealed class GrpcHost : IAsyncDisposable
{
    public static readonly GrpcMethod<StringValue, StringValue> Method = new("test.Echo", "Say", StringValue.Parser, StringValue.Parser);

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _invoker;

    private GrpcHost(WebApplication app, HttpMessageInvoker invoker, GrpcChannel channel)
    {
        _app = app;
        _invoker = invoker;
        Channel = channel;
    }

    public GrpcChannel Channel { get; }

    public static async Task<GrpcHost> StartAsync(Action<WebApplication> map, GrpcChannelOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var invoker = GrpcTransport.Create(new GrpcTransportOptions());
        return new GrpcHost(app, invoker, new GrpcChannel(invoker, new Uri(address), options));
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        _invoker.Dispose();
        await _app.DisposeAsync();
    }
}
