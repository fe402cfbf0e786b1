using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Grpc;

namespace NodeMesh.Discovery.Tests;

/// <summary>A discovery server on loopback, HTTP/2 without TLS, that can be replaced by a new one on the same port.</summary>
internal sealed class DiscoveryHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DiscoveryHost(WebApplication app, DeltaDiscoveryServer server)
    {
        _app = app;
        Server = server;
    }

    public DeltaDiscoveryServer Server { get; }

    public ImmutableList<string?> Authorizations { get; private set; } = [];

    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public static async Task<DiscoveryHost> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port, l => l.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        var host = new DiscoveryHost(app, ServerStream.CreateServer());
        app.MapGrpcDuplex(AdsMethods.DeltaAggregatedResources, (requests, responses, context, cancellationToken) =>
        {
            host.Authorizations = host.Authorizations.Add(context.GetMetadata("authorization"));
            return host.Server.HandleAsync(requests, responses, new DiscoveryPeer("node-1", context.RemoteEndPoint), cancellationToken);
        });
        await app.StartAsync();
        return host;
    }

    public static DeltaDiscoveryClient CreateClient(int port, IDiscoveryHandler handler, string? tokenFile = null) => new(
        () => new GrpcChannel(GrpcTransport.Create(new GrpcTransportOptions()), new Uri($"http://127.0.0.1:{port}"), ownsInvoker: true),
        new DiscoveryNode("node-1", ["172.18.1.1"], "nodemesh-system", "proxy-1", Model.Locality.Unknown),
        handler,
        new DeltaDiscoveryClientOptions { Types = [TypeUrls.Address], TokenFile = tokenFile },
        TimeProvider.System,
        NullLoggerFactory.Instance);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
