using System.Collections.Immutable;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Identity;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// The mutual TLS 1.3 handshake of HBONE: ALPN <c>h2</c>, no server name, no resumption (a resumed session would not show the
/// peer's certificate again). Both ends verify in the handshake, so no byte is exchanged with a peer that is refused.
/// </summary>
internal static class TunnelHandshake
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2];

    // AES is what the field's processors do in hardware; ambient mode offers the same two. 128 bits are what the P-256 keys are worth, and a quarter faster.
    private static readonly CipherSuitesPolicy Suites = new([TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384]);

    /// <summary>The client's part.</summary>
    /// <param name="socket">Connected; the caller disposes it when this fails.</param>
    /// <param name="own">The certificate to present.</param>
    /// <param name="expected">URIs, one of which the server must carry.</param>
    /// <param name="loop">The loop that the tunnel is to live on.</param>
    /// <param name="time">The clock that certificates are judged by.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="HandshakeException">It failed.</exception>
    public static Task<TunnelTransport> ConnectAsync(
        Socket socket, WorkloadCertificate own, ImmutableArray<string> expected, EventLoop loop, TimeProvider time, CancellationToken ct)
    {
        var verifier = new PeerVerifier(own.Bundle, PeerUsage.Server, time, peer => peer.RequireAnyUri(expected));
        var options = new SslClientAuthenticationOptions
        {
            // An empty name sends no SNI; the name that matters is the SPIFFE URI.
            TargetHost = "",
            ApplicationProtocols = Protocols,
            EnabledSslProtocols = SslProtocols.Tls13,
            CipherSuitesPolicy = Suites,
            ClientCertificateContext = own.Context,
            CertificateChainPolicy = own.Bundle.CreateChainPolicy(),
            RemoteCertificateValidationCallback = verifier.Validate,
            AllowTlsResume = false,
            AllowRenegotiation = false,
        };
        return RunAsync(socket, verifier, _ => loop, stream => stream.AuthenticateAsClientAsync(options, ct));
    }

    /// <summary>The server's part.</summary>
    /// <param name="socket">Accepted; the caller disposes it when this fails.</param>
    /// <param name="own">The certificate to present; clients must be of its trust domain.</param>
    /// <param name="place">Chooses the loop that a peer's tunnel is to live on.</param>
    /// <param name="time">The clock that certificates are judged by.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="HandshakeException">It failed.</exception>
    public static Task<TunnelTransport> AcceptAsync(
        Socket socket, WorkloadCertificate own, Func<PeerCertificate, EventLoop> place, TimeProvider time, CancellationToken ct)
    {
        var verifier = new PeerVerifier(own.Bundle, PeerUsage.Client, time, peer => peer.RequireTrustDomain(own.Identity.TrustDomain));
        var options = new SslServerAuthenticationOptions
        {
            ApplicationProtocols = Protocols,
            EnabledSslProtocols = SslProtocols.Tls13,
            CipherSuitesPolicy = Suites,
            ServerCertificateContext = own.Context,
            ClientCertificateRequired = true,
            CertificateChainPolicy = own.Bundle.CreateChainPolicy(),
            RemoteCertificateValidationCallback = verifier.Validate,
            AllowTlsResume = false,
            AllowRenegotiation = false,
        };
        return RunAsync(socket, verifier, place, stream => stream.AuthenticateAsServerAsync(options, ct));
    }

    private static async Task<TunnelTransport> RunAsync(Socket socket, PeerVerifier verifier, Func<PeerCertificate, EventLoop> place, Func<SslStream, Task> authenticate)
    {
        // Signatures take a millisecond: not on the loop's thread.
        var wire = new SocketStream(socket);
        var stream = new SslStream(wire, leaveInnerStreamOpen: false);
        try
        {
            await Task.Run(() => authenticate(stream));
            if (stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
            {
                throw new HandshakeException("alpn", "the peer did not agree to h2 (ALPN)", isIdentity: false);
            }

            var peer = verifier.Peer ?? throw new HandshakeException("no-certificate", "the peer presented no certificate", isIdentity: true);
            wire.MoveTo(place(peer));
            (wire.IsBuffering, wire.RunsInline) = (true, true);
            return new TunnelTransport(socket, wire, stream, peer);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or ObjectDisposedException)
        {
            await stream.DisposeAsync();
            throw Translate(e, verifier);
        }
        catch (OperationCanceledException)
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static HandshakeException Translate(Exception error, PeerVerifier verifier) => (error, verifier.Refusal) switch
    {
        (HandshakeException own, _) => own,
        (_, { } refusal) => new HandshakeException(refusal.Reason.ToString(), refusal.Message, isIdentity: true, refusal),
        _ when verifier.NoCertificate => new HandshakeException("no-certificate", "the peer presented no certificate", isIdentity: true, error),
        (AuthenticationException e, _) => new HandshakeException("tls", $"the TLS handshake failed: {(e.InnerException ?? e).Message}", isIdentity: false, error),
        _ => new HandshakeException("closed", $"the connection was lost in the TLS handshake: {error.Message}", isIdentity: false, error),
    };

    private sealed class PeerVerifier(TrustBundle bundle, PeerUsage usage, TimeProvider time, Action<PeerCertificate> require)
    {
        public PeerCertificate? Peer { get; private set; }

        public PeerVerificationException? Refusal { get; private set; }

        public bool NoCertificate { get; private set; }

        // The result of the chain that SslStream built is not looked at: it knows no SPIFFE IDs and not our clock.
        public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is not X509Certificate2 leaf)
            {
                NoCertificate = true;
                return false;
            }

            try
            {
                var extra = chain?.ChainPolicy.ExtraStore.Cast<X509Certificate2>() ?? [];
                var peer = bundle.Verify(leaf, extra, time.GetUtcNow(), usage);
                require(peer);
                Peer = peer;
                return true;
            }
            catch (PeerVerificationException e)
            {
                Refusal = e;
                return false;
            }
        }
    }
}
