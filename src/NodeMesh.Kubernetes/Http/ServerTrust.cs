using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Kubernetes.Configuration;

namespace NodeMesh.Kubernetes.Http;

/// <summary>Decides whether a server is the API server. The authority's file is read again when it changes: authorities are rotated too.</summary>
internal sealed class ServerTrust(KubernetesClientConfiguration configuration, TimeProvider clock)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly Lock _gate = new();
    private X509Certificate2Collection? _authorities;
    private DateTime _written;

    /// <summary>The callback of the handshake.</summary>
    /// <exception cref="ServerCertificateException">The certificate is not taken; the exception reaches whoever sent the request.</exception>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (configuration.SkipTlsVerify)
        {
            return true;
        }

        if (certificate is not X509Certificate2 leaf)
        {
            throw new ServerCertificateException("the server shows no certificate");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            var name = configuration.TlsServerName ?? configuration.Host.Host;
            throw new ServerCertificateException($"the server's certificate ({leaf.Subject}) is not for {name}: use one of its names ({Names(leaf)}) as server, or set tls-server-name");
        }

        if (configuration.CertificateAuthority is null)
        {
            return errors == SslPolicyErrors.None ? true : throw Refusal(leaf, presented);
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities(configuration.CertificateAuthority));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().LocalDateTime;
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        return chain.Build(leaf) ? true : throw Refusal(leaf, chain);
    }

    private static string Names(X509Certificate2 leaf)
    {
        var extension = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return extension is null ? "none" : string.Join(", ", extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(a => a.ToString())).Take(8));
    }

    private ServerCertificateException Refusal(X509Certificate2 leaf, X509Chain? chain)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (now > leaf.NotAfter.ToUniversalTime())
        {
            return new($"the server's certificate ({leaf.Subject}) expired at {leaf.NotAfter.ToUniversalTime():u}; here it is {now:u}: renew it, or set this machine's clock");
        }

        if (now < leaf.NotBefore.ToUniversalTime())
        {
            return new($"the server's certificate ({leaf.Subject}) is good from {leaf.NotBefore.ToUniversalTime():u} only; here it is {now:u}: set this machine's clock");
        }

        var findings = chain is null ? "unknown authority" : string.Join(", ", chain.ChainStatus.Select(s => s.Status).Distinct());
        return new($"the server's certificate ({leaf.Subject}, by {leaf.Issuer}) is not of a trusted authority ({findings}): check certificate-authority");
    }

    private X509Certificate2Collection Authorities(PemSource source)
    {
        lock (_gate)
        {
            var written = source.LastWrite;
            if (_authorities is null || written != _written)
            {
                try
                {
                    _authorities = source.ReadCertificates();
                    _written = written;
                }
                catch (KubeConfigException) when (_authorities is not null)
                {
                    // Caught while it is being written: the ones that we know serve until the next handshake.
                }
            }

            return _authorities;
        }
    }
}
