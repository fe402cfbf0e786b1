using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Hosting;

namespace NodeMesh.Control.CertificateAuthority;

/// <summary>The control plane's own certificate, issued by its CA, renewed at half of its life and whenever the CA changes; new connections get the newest.</summary>
internal sealed partial class ServerCertificate(Identity.CertificateAuthority authority, ControlConfiguration configuration, TimeProvider time, ILogger<ServerCertificate> log)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);
    private readonly ImmutableArray<string> _names =
    [
        "nodemesh-control.nodemesh-system.svc",
        $"nodemesh-control.{configuration.MeshNamespace}.svc",
        "istiod.istio-system.svc",
        "localhost",
        .. configuration.ServerNames,
    ];

    private volatile SslStreamCertificateContext? _context;

    /// <summary>The certificate for the next handshake.</summary>
    public SslStreamCertificateContext Current => _context ?? throw new InvalidOperationException("the first certificate is not issued yet");

    /// <summary>Issues a certificate now.</summary>
    public void Renew()
    {
        IPAddress[] addresses = [.. new[] { configuration.ListenEndPoint.Address, IPAddress.Loopback, IPAddress.IPv6Loopback }.Where(a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any)).Distinct()];
        var certificate = authority.IssueServerCertificate([.. _names.Distinct(StringComparer.Ordinal)], addresses, configuration.CertificateLifetimeSpan, out var chain);
        _context = SslStreamCertificateContext.Create(certificate, [.. chain], offline: true);
        var notAfter = certificate.NotAfter;
        LogIssued(log, notAfter);
    }

    /// <summary>Renews until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromTicks(Math.Min(configuration.CertificateLifetimeSpan.Ticks / 2, MaxWait.Ticks));
        using var timer = new PeriodicTimer(wait, time);
        var changed = authority.Changed;
        var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        while (true)
        {
            await Task.WhenAny(changed, tick).WaitAsync(cancellationToken);
            if (changed.IsCompleted)
            {
                changed = authority.Changed;
            }

            if (tick.IsCompleted)
            {
                await tick;
                tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            }

            try
            {
                Renew();
            }
            catch (Identity.CertificateSigningException e)
            {
                LogFailed(log, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "issued the control plane's own certificate, valid until {NotAfter}")]
    private static partial void LogIssued(ILogger logger, DateTime notAfter);

    [LoggerMessage(Level = LogLevel.Error, Message = "the control plane's own certificate could not be renewed; the present one stays")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
