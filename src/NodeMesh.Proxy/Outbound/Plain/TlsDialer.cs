using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Identity;
using NodeMesh.Linux.Transport;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Outbound.Plain;

/// <summary>Speaks TLS to servers outside the mesh, as a traffic policy says. Whatever cannot be proven ends the connection.</summary>
/// <param name="certificates">The identities of pods, for those servers that want the mesh's.</param>
/// <param name="time">The clock.</param>
internal sealed class TlsDialer(ICertificateSource certificates, TimeProvider time)
{
    private readonly CertificateFiles _files = new();

    /// <summary>Makes TLS of a connection.</summary>
    /// <param name="socket">Connected; taken over, closed on failure.</param>
    /// <param name="client">The identity of the pod that connects.</param>
    /// <param name="tls">What policy says.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection, or why there is none.</returns>
    public async ValueTask<ConnectAttempt> ConnectAsync(Socket socket, SpiffeId client, OutboundTls tls, TimeSpan limit, CancellationToken cancellationToken)
    {
        var verifier = new ServerVerifier(tls);
        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var wire = new SocketStream(socket);
        var stream = new SslStream(wire, leaveInnerStreamOpen: false);
        try
        {
            var options = await OptionsAsync(client, tls, verifier, both.Token);

            // Signatures take a millisecond: not on the loop's thread.
            await Task.Run(() => stream.AuthenticateAsClientAsync(options, both.Token), both.Token);
            if (tls.ApplicationProtocol == "h2" && stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
            {
                throw new AuthenticationException("the server does not agree to HTTP/2 (ALPN)");
            }

            return ConnectAttempt.To(new TlsConnection(stream, socket));
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or CryptographicException or UnauthorizedAccessException or CertificateUnavailableException)
        {
            await stream.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return ConnectAttempt.Failed(
                e is CertificateUnavailableException ? ConnectionEndReason.CertificateUnavailable : verifier.IsMismatch ? ConnectionEndReason.IdentityMismatch : ConnectionEndReason.TlsFailed,
                $"TLS to {(tls.ServerName.Length == 0 ? "the server" : tls.ServerName)}: {verifier.Refusal ?? (e is OperationCanceledException ? $"no answer within {limit.TotalSeconds:0} s" : Innermost(e))}");
        }
    }

    private async ValueTask<SslClientAuthenticationOptions> OptionsAsync(SpiffeId client, OutboundTls tls, ServerVerifier verifier, CancellationToken cancellationToken)
    {
        var settings = tls.Settings;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = tls.ServerName,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = verifier.Validate,
            ApplicationProtocols = tls.ApplicationProtocol.Length == 0 ? null : [new SslApplicationProtocol(tls.ApplicationProtocol)],
            AllowRenegotiation = false,
        };
        if (settings.Mode == ClientTlsMode.Mesh)
        {
            var own = await certificates.GetAsync(client, cancellationToken);
            options.ClientCertificateContext = own.Context;
            options.CertificateChainPolicy = own.Bundle.CreateChainPolicy();
            return options;
        }

        options.CertificateChainPolicy = Policy(settings.CaCertificates);
        if (settings.Mode == ClientTlsMode.Mutual)
        {
            options.ClientCertificateContext = _files.Own(settings.ClientCertificate, settings.PrivateKey);
        }

        return options;
    }

    private X509ChainPolicy Policy(string authorities)
    {
        // Nothing is fetched while a connection waits: neither lists of revoked certificates nor missing ones of the chain.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (authorities is not ("" or "system"))
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_files.Authorities(authorities));
        }

        return policy;
    }

    private static string Innermost(Exception e) => e.InnerException is { } inner and not System.ComponentModel.Win32Exception ? Innermost(inner) : e.Message;
}
