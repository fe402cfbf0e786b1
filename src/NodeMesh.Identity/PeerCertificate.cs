using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>What a verified certificate says about its holder. <see cref="TrustBundle.Verify"/> makes it.</summary>
/// <param name="Uris">All URIs among the subject alternative names.</param>
/// <param name="Identity">The workload's identity; always set on a certificate that <see cref="TrustBundle.Verify"/> accepted.</param>
/// <param name="Node">The node's identity, where the certificate is a node proxy's own.</param>
/// <param name="SerialNumber">The serial number in upper-case hexadecimal.</param>
/// <param name="NotAfter">The end of its validity.</param>
public sealed record PeerCertificate(ImmutableArray<string> Uris, SpiffeId? Identity, NodeId? Node, string SerialNumber, DateTimeOffset NotAfter)
{
    /// <summary>Refuses a peer of another trust domain.</summary>
    /// <param name="trustDomain">The one allowed.</param>
    /// <exception cref="PeerVerificationException">It is another (<see cref="PeerVerificationReason.WrongTrustDomain"/>).</exception>
    public void RequireTrustDomain(string trustDomain)
    {
        if (Identity is not { } identity || !string.Equals(identity.TrustDomain, trustDomain, StringComparison.Ordinal))
        {
            throw new PeerVerificationException(
                PeerVerificationReason.WrongTrustDomain,
                $"the peer {Identity?.ToString() ?? "without an identity"} is not of the trust domain '{trustDomain}'");
        }
    }

    /// <summary>Refuses a peer that is none of those expected.</summary>
    /// <param name="expected">The URIs, one of which the certificate must carry. Nothing expected refuses everybody.</param>
    /// <exception cref="PeerVerificationException">It carries none of them (<see cref="PeerVerificationReason.UnexpectedIdentity"/>).</exception>
    public void RequireAnyUri(ImmutableArray<string> expected)
    {
        foreach (var uri in Uris)
        {
            if (expected.Contains(uri, StringComparer.Ordinal))
            {
                return;
            }
        }

        throw new PeerVerificationException(
            PeerVerificationReason.UnexpectedIdentity,
            $"the peer is {string.Join(" and ", Uris)}; expected {string.Join(" or ", expected)}");
    }
}
