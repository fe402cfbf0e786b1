using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.Certificates;
using NodeMesh.Grpc;
using NodeMesh.Identity;

namespace NodeMesh.Proxy.Tests.Identity;

/// <summary>The certificate service on loopback with TLS, as a control plane has it.</summary>
internal sealed class CertificateServer : IAsyncDisposable
{
    public const string Name = "nodemesh-control.nodemesh-system.svc";

    private readonly WebApplication _application;

    private CertificateServer(WebApplication application)
    {
        _application = application;
        Address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public Uri Address { get; }

    public static async Task<CertificateServer> StartAsync(CertificateAuthority authority, Func<IstioCertificateRequest, GrpcServerContext, IstioCertificateResponse> sign)
    {
        var certificate = authority.IssueServerCertificate([Name], [], TimeSpan.FromHours(1), out _);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            l.Protocols = HttpProtocols.Http2;
            l.UseHttps(certificate);
        }));
        var application = builder.Build();
        application.MapGrpcUnary(CertificateMethods.CreateCertificate, (request, context, _) => Task.FromResult(sign(request, context)));
        await application.StartAsync();
        return new CertificateServer(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
