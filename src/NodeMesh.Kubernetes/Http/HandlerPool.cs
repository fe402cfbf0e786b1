using System.Net;
using System.Net.Security;
using NodeMesh.Kubernetes.Authentication;
using NodeMesh.Kubernetes.Configuration;

namespace NodeMesh.Kubernetes.Http;

/// <summary>
/// The connections. A connection is made with one client certificate; with a new certificate come new connections, and the old ones end when their last
/// request has: disposing a handler lets running requests, and watches, go on.
/// </summary>
internal sealed class HandlerPool(KubernetesClientConfiguration configuration, KubernetesClientOptions options) : IDisposable
{
    private readonly ServerTrust _trust = new(configuration, options.Time);
    private readonly Lock _gate = new();
    private HttpMessageInvoker? _invoker;
    private ClientCertificate? _certificate;
    private volatile bool _disposed;

    public bool IsDisposed => _disposed;

    public HttpMessageInvoker Get(ClientCertificate? certificate)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_invoker is null || !ReferenceEquals(certificate, _certificate))
            {
                _invoker?.Dispose();
                _invoker = new HttpMessageInvoker(MakeHandler(certificate));
                _certificate = certificate;
            }

            return _invoker;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _invoker?.Dispose();
        }
    }

    private SocketsHttpHandler MakeHandler(ClientCertificate? certificate) => new()
    {
        ConnectTimeout = options.ConnectTimeout,
        // Many watches share a connection; the server allows 250 streams on one (100 behind some load balancers).
        EnableMultipleHttp2Connections = true,
        // A watch says nothing for minutes: only a ping tells a silent server from a dead one.
        KeepAlivePingDelay = options.PingDelay,
        KeepAlivePingTimeout = options.PingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        AutomaticDecompression = configuration.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = configuration.Proxy is null ? null : new WebProxy(configuration.Proxy),
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = _trust.Validate,
            ClientCertificateContext = certificate?.Context,
        },
    };
}
