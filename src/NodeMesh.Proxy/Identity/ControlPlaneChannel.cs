using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Grpc;
using NodeMesh.Identity;
using NodeMesh.Proxy.Hosting;

namespace NodeMesh.Proxy.Identity;

/// <summary>Makes channels to the control plane: TLS against the roots of a file, whatever address is dialled.</summary>
internal static class ControlPlaneChannel
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    // As ambient mode's proxies: a control plane that vanished without a FIN is noticed by TCP at the latest.
    private const int KeepAliveIdleSeconds = 300;
    private const int KeepAliveIntervalSeconds = 75;
    private const int KeepAliveCount = 9;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Makes a channel. The roots are read anew for each handshake, so that a rotated file takes effect with the next connection.</summary>
    /// <param name="configuration">Where the control plane is, its name, and the file of its roots.</param>
    /// <param name="time">The clock of deadlines.</param>
    /// <returns>The channel, which owns its connections.</returns>
    public static GrpcChannel Create(ProxyConfiguration configuration, TimeProvider time)
    {
        var target = configuration.ControlPlane;

        // The authority is the name that the certificate must carry, also where an address is dialled.
        var authority = new UriBuilder(target.Scheme, configuration.ControlPlaneServerName, target.Port).Uri;
        var invoker = GrpcTransport.Create(new GrpcTransportOptions
        {
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = (_, ct) => DialAsync(target, ct),
            Tls = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Verify(configuration.RootCertificate, certificate, chain, errors),
            },
        });
        return new GrpcChannel(invoker, authority, new GrpcChannelOptions { TimeProvider = time }, ownsInvoker: true);
    }

    private static async ValueTask<Stream> DialAsync(Uri target, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveIdleSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveCount);
            await socket.ConnectAsync(target.DnsSafeHost, target.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool Verify(string rootFile, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        // What the machine's own trust store says of the chain (RemoteCertificateChainErrors) is beside the point; the name is not.
        if (certificate is not X509Certificate2 leaf || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        TrustBundle roots;
        try
        {
            roots = TrustBundle.FromPem(File.ReadAllText(rootFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            throw new AuthenticationException($"rootCertificate {rootFile}: {e.Message}", e);
        }

        using var chain = new X509Chain { ChainPolicy = roots.CreateChainPolicy() };
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerUsage));
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        return chain.Build(leaf);
    }
}
