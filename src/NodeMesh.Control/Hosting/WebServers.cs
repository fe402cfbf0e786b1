using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Control.Hosting;

/// <summary>Makes the web servers: gRPC over TLS, the webhook over TLS, and health, metrics and debug over plain HTTP.</summary>
internal static class WebServers
{
    // Streams get this long after they were told to end.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    public static WebApplication CreateGrpc(IPEndPoint endPoint, Func<SslStreamCertificateContext> certificate, ILoggerFactory log) =>
        Create(log, kestrel =>
        {
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;

            // A proxy that is slow to read is not an attacker, and it has a token; what it does not read waits as names, not as bytes.
            kestrel.Limits.MinResponseDataRate = null;
            ListenTls(kestrel, endPoint, HttpProtocols.Http2, certificate, SslApplicationProtocol.Http2);
        });

    public static WebApplication CreateTls(IPEndPoint endPoint, Func<SslStreamCertificateContext> certificate, ILoggerFactory log) =>
        Create(log, kestrel => ListenTls(kestrel, endPoint, HttpProtocols.Http1AndHttp2, certificate, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11));

    public static WebApplication CreatePlain(IPEndPoint endPoint, ILoggerFactory log) =>
        Create(log, kestrel => kestrel.Listen(endPoint, listen => listen.Protocols = HttpProtocols.Http1));

    public static IPEndPoint BoundEndPoint(WebApplication application)
    {
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var uri = new Uri(address);
        return new IPEndPoint(IPAddress.Parse(uri.Host.Trim('[', ']')), uri.Port);
    }

    private static void ListenTls(
        KestrelServerOptions kestrel, IPEndPoint endPoint, HttpProtocols protocols, Func<SslStreamCertificateContext> certificate, params List<SslApplicationProtocol> names) =>
        kestrel.Listen(endPoint, listen =>
        {
            listen.Protocols = protocols;
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = TimeSpan.FromSeconds(10),
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate(),
                    ApplicationProtocols = names,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                }),
            });
        });

    private static WebApplication Create(ILoggerFactory log, Action<KestrelServerOptions> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            configure(kestrel);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(log);
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        return builder.Build();
    }
}
