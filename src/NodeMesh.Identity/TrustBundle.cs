using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>The root certificates that a mesh trusts: one, or several while roots rotate. Immutable and safe to share.</summary>
public sealed class TrustBundle
{
    private const string ClientOid = "1.3.6.1.5.5.7.3.2";
    private const string ServerOid = "1.3.6.1.5.5.7.3.1";

    private TrustBundle(ImmutableArray<X509Certificate2> roots) => Roots = roots;

    /// <summary>The roots, without keys.</summary>
    public ImmutableArray<X509Certificate2> Roots { get; }

    /// <summary>Reads roots.</summary>
    /// <param name="pem">One or more <c>CERTIFICATE</c> blocks; doubles are dropped.</param>
    /// <returns>The bundle.</returns>
    /// <exception cref="FormatException">There is no certificate in it, or one cannot be read.</exception>
    public static TrustBundle FromPem(string pem)
    {
        var read = new X509Certificate2Collection();
        try
        {
            read.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new FormatException($"the trust bundle holds a certificate that cannot be read: {e.Message}", e);
        }

        return read.Count == 0 ? throw new FormatException("the trust bundle holds no certificate") : FromCertificates(read);
    }

    /// <summary>Makes a bundle of certificates; keys are not taken along.</summary>
    /// <param name="roots">At least one.</param>
    /// <returns>The bundle.</returns>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static TrustBundle FromCertificates(IEnumerable<X509Certificate2> roots)
    {
        var distinct = roots.DistinctBy(r => r.Thumbprint, StringComparer.Ordinal).Select(r => X509CertificateLoader.LoadCertificate(r.RawDataMemory.Span)).ToImmutableArray();
        return distinct.IsEmpty ? throw new ArgumentException("a trust bundle needs a root", nameof(roots)) : new TrustBundle(distinct);
    }

    /// <summary>The roots as PEM blocks.</summary>
    public string ToPem()
    {
        var text = new StringBuilder();
        foreach (var root in Roots)
        {
            text.Append(root.ExportCertificatePem()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Whether both trust the same roots, in any order.</summary>
    /// <param name="other">The other bundle.</param>
    public bool HasSameRoots(TrustBundle other) =>
        Roots.Length == other.Roots.Length && Roots.All(r => other.Roots.Any(o => r.RawDataMemory.Span.SequenceEqual(o.RawDataMemory.Span)));

    /// <summary>A chain policy that trusts exactly these roots and never asks the network, for <see cref="System.Net.Security.SslServerAuthenticationOptions.CertificateChainPolicy"/> and its client twin. Not to be shared between handshakes.</summary>
    public X509ChainPolicy CreateChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        foreach (var root in Roots)
        {
            policy.CustomTrustStore.Add(root);
        }

        return policy;
    }

    /// <summary>Verifies a peer's certificate: chain, time, usage and SPIFFE identity. Neither network nor revocation lists are asked.</summary>
    /// <param name="leaf">The peer's certificate.</param>
    /// <param name="extra">What the peer sent beside it.</param>
    /// <param name="now">The time to verify for.</param>
    /// <param name="usage">The peer's part in the handshake.</param>
    /// <returns>What the certificate says.</returns>
    /// <exception cref="PeerVerificationException">It is refused; the exception says why.</exception>
    public PeerCertificate Verify(X509Certificate2 leaf, IEnumerable<X509Certificate2> extra, DateTimeOffset now, PeerUsage usage)
    {
        VerifyChain(leaf, extra, now);
        VerifyUsage(leaf, usage);
        var uris = SubjectNames.Uris(leaf);
        var (identity, node) = ReadIdentities(uris);
        return new PeerCertificate(uris, identity, node, leaf.SerialNumber, leaf.NotAfter.ToUniversalTime());
    }

    private static void VerifyUsage(X509Certificate2 leaf, PeerUsage usage)
    {
        var oid = usage == PeerUsage.Client ? ClientOid : ServerOid;
        var allowed = false;
        foreach (var extension in leaf.Extensions)
        {
            switch (extension)
            {
                case X509BasicConstraintsExtension { CertificateAuthority: true }:
                    throw new PeerVerificationException(PeerVerificationReason.WrongUsage, $"{leaf.Subject} is a CA's certificate, which no peer may present as its own");
                case X509KeyUsageExtension usages when !usages.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature):
                    throw new PeerVerificationException(PeerVerificationReason.WrongUsage, "the certificate's key usage does not allow digital signatures");
                case X509EnhancedKeyUsageExtension usages:
                    allowed = usages.EnhancedKeyUsages.Cast<Oid>().Any(o => o.Value == oid);
                    break;
                default:
                    break;
            }
        }

        if (!allowed)
        {
            throw new PeerVerificationException(PeerVerificationReason.WrongUsage, $"the certificate's extended key usage does not allow a TLS {(usage == PeerUsage.Client ? "client" : "server")}");
        }
    }

    private static (SpiffeId Identity, NodeId? Node) ReadIdentities(ImmutableArray<string> uris)
    {
        SpiffeId? identity = null;
        NodeId? node = null;
        foreach (var uri in uris)
        {
            if (identity is null && SpiffeId.TryParse(uri, out var id))
            {
                identity = id;
            }
            else if (node is null && NodeId.TryParse(uri, out var nodeId))
            {
                node = nodeId;
            }
            else
            {
                throw new PeerVerificationException(PeerVerificationReason.MalformedSpiffeId, $"the certificate's URI '{uri}' is neither the one workload identity nor the one node identity that it may carry");
            }
        }

        if (identity is not { } found)
        {
            throw new PeerVerificationException(PeerVerificationReason.NoSpiffeId, "the certificate names no workload: it has no URI spiffe://<trust domain>/ns/<namespace>/sa/<service account>");
        }

        return node is { } n && !string.Equals(n.TrustDomain, found.TrustDomain, StringComparison.Ordinal)
            ? throw new PeerVerificationException(PeerVerificationReason.MalformedSpiffeId, $"the certificate's URIs {found} and {n} are of two trust domains")
            : (found, node);
    }

    private void VerifyChain(X509Certificate2 leaf, IEnumerable<X509Certificate2> extra, DateTimeOffset now)
    {
        // The end of validity is said before the chain is built: the chain engine reports the beginning and the end as one.
        if (now < leaf.NotBefore.ToUniversalTime())
        {
            throw new PeerVerificationException(PeerVerificationReason.NotYetValid, $"the certificate is valid from {leaf.NotBefore.ToUniversalTime():O}; it is {now:O} here: compare the clocks");
        }

        if (now > leaf.NotAfter.ToUniversalTime())
        {
            throw new PeerVerificationException(PeerVerificationReason.Expired, $"the certificate expired at {leaf.NotAfter.ToUniversalTime():O}; it is {now:O} here");
        }

        using var chain = new X509Chain { ChainPolicy = CreateChainPolicy() };
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        foreach (var certificate in extra)
        {
            chain.ChainPolicy.ExtraStore.Add(certificate);
        }

        if (chain.Build(leaf))
        {
            return;
        }

        var onlyTime = chain.ChainStatus.All(s => s.Status is X509ChainStatusFlags.NotTimeValid or X509ChainStatusFlags.NotTimeNested);
        throw onlyTime
            ? new PeerVerificationException(PeerVerificationReason.Expired, "a certificate above the peer's is not valid at this time")
            : new PeerVerificationException(PeerVerificationReason.UnknownAuthority, $"the certificate does not chain to a trusted root: {string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()))}");
    }
}
