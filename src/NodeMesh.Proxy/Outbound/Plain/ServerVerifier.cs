using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Identity;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Outbound.Plain;

/// <summary>Judges the certificate of a server outside the mesh, for one handshake.</summary>
/// <param name="tls">What policy asks for.</param>
internal sealed class ServerVerifier(OutboundTls tls)
{
    /// <summary>Why the certificate was refused; null when it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>True when the certificate is good, but for somebody else.</summary>
    public bool IsMismatch { get; private set; }

    /// <summary>The callback of the handshake.</summary>
    /// <param name="sender">The stream.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="chain">Its chain, built with the authorities that policy names.</param>
    /// <param name="errors">What the base library found.</param>
    /// <returns>True when it will do.</returns>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (tls.Settings.InsecureSkipVerify)
        {
            return true;
        }

        if (certificate is not X509Certificate2 leaf)
        {
            Refusal = "the server showed no certificate";
            return false;
        }

        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            Refusal = $"the certificate of {leaf.Subject} is not trusted: {string.Join(", ", chain?.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct() ?? [])}";
            return false;
        }

        foreach (var name in tls.SubjectAltNames)
        {
            if (Has(leaf, name))
            {
                return true;
            }
        }

        IsMismatch = true;
        Refusal = tls.SubjectAltNames.IsEmpty
            ? "there is no name that the server's certificate must have; set subjectAltNames or sni"
            : $"the certificate of {leaf.Subject} has none of the names {string.Join(", ", tls.SubjectAltNames)}";
        return false;
    }

    private static bool Has(X509Certificate2 leaf, string name) => name.Contains("://", StringComparison.Ordinal)
        ? HasUri(leaf, name)
        : leaf.MatchesHostname(name, allowWildcards: true, allowCommonName: false);

    private static bool HasUri(X509Certificate2 leaf, string uri)
    {
        try
        {
            return SubjectNames.Uris(leaf).Contains(uri);
        }
        catch (PeerVerificationException)
        {
            // What cannot be read proves nothing.
            return false;
        }
    }
}
