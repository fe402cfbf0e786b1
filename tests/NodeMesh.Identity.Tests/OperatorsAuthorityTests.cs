using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Testing;

namespace NodeMesh.Identity.Tests;

/// <summary>An operator's own CA in the files that Istio's users know.</summary>
public sealed class OperatorsAuthorityTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void Intermediate_SignsWithItsWayToTheRoot(bool rsaRoot, bool rsaIntermediate)
    {
        var root = TestAuthority.Root(rsa: rsaRoot);
        var lower = root.Intermediate("policy", rsaIntermediate).Intermediate("mesh", rsaIntermediate);
        using var authority = Read(lower.Files());

        var (chain, leaf) = Sign(authority);

        Assert.Equal(["CN=mesh, O=Operator", "CN=policy, O=Operator"], chain.Select(c => c.Subject));
        Assert.Equal(root.Certificate.Thumbprint, Assert.Single(authority.Bundle.Roots).Thumbprint);
        Assert.Equal(Certificates.Web, authority.Bundle.Verify(leaf, chain, TimeProvider.System.GetUtcNow(), PeerUsage.Server).Identity);
        using var server = authority.IssueServerCertificate(["control"], [], TimeSpan.FromHours(1), out var above);
        Assert.Equal(chain.Select(c => c.Thumbprint), above.Select(c => c.Thumbprint));
    }

    [Fact]
    public void RootAlone_SignsWithoutAChain()
    {
        var root = TestAuthority.Root();
        using var authority = Read(root.Files());
        var (chain, leaf) = Sign(authority);
        Assert.Empty(chain);
        Assert.NotNull(authority.Bundle.Verify(leaf, [], TimeProvider.System.GetUtcNow(), PeerUsage.Client));
    }

    [Fact]
    public void TlsSecret_IsReadToo()
    {
        var lower = TestAuthority.Root().Intermediate("mesh");
        using var authority = Read(new() { ["tls.crt"] = lower.Pem, ["tls.key"] = lower.KeyPem, ["ca.crt"] = lower.Above!.Pem });
        Assert.Single(Sign(authority).Chain);
    }

    [Fact]
    public void Become_NextIntermediate_BothAreTrustedAndTheNextSigns()
    {
        var root = TestAuthority.Root();
        using var authority = Read(root.Intermediate("first").Files());
        var (firstChain, first) = Sign(authority);
        var changed = authority.Changed;

        authority.Become(Read(root.Intermediate("second").Files()));

        Assert.True(changed.IsCompleted);
        Assert.False(authority.Changed.IsCompleted);
        var (secondChain, second) = Sign(authority);
        Assert.Equal("CN=second, O=Operator", Assert.Single(secondChain).Subject);
        var now = TimeProvider.System.GetUtcNow();
        Assert.NotNull(authority.Bundle.Verify(first, firstChain, now, PeerUsage.Client));
        Assert.NotNull(authority.Bundle.Verify(second, secondChain, now, PeerUsage.Client));
    }

    [Fact]
    public void Trust_OtherRoots_StayUntilRetired()
    {
        using var authority = Read(TestAuthority.Root().Files());
        using var before = CertificateAuthority.Create("cluster.local", TimeProvider.System);
        authority.Trust(before.Bundle);
        Assert.Equal(2, authority.Bundle.Roots.Length);
        authority.RetireRoots();
        Assert.Single(authority.Bundle.Roots);
    }

    [Fact]
    public void Roots_OfAnOperator_AreNotRotatedHere()
    {
        using var authority = Read(TestAuthority.Root().Files());
        Assert.Throws<InvalidOperationException>(authority.AddRoot);
        Assert.Throws<InvalidOperationException>(authority.Rotate);
    }

    [Theory]
    [InlineData("wrong key", "key ca-key.pem: is not the key of ca-cert.pem; put the two that belong together")]
    [InlineData("no key", "key ca-key.pem: is missing")]
    [InlineData("no root", "key root-cert.pem: is missing")]
    [InlineData("encrypted key", "key ca-key.pem: is encrypted, and nobody here has its password; store it decrypted")]
    [InlineData("key that is none", "key ca-key.pem: cannot be read")]
    [InlineData("certificate that is none", "key ca-cert.pem: cannot be read")]
    [InlineData("expired", "expired at")]
    [InlineData("no CA", "is not the certificate of a CA; issue one with basicConstraints CA:TRUE")]
    [InlineData("other root", "key ca-cert.pem: does not lead to a root of root-cert.pem; put every certificate between the two into cert-chain.pem")]
    [InlineData("gap in the chain", "key ca-cert.pem: does not lead to a root of root-cert.pem; put every certificate between the two into cert-chain.pem")]
    [InlineData("chain that is none", "key cert-chain.pem: the trust bundle holds no certificate")]
    public void WhatCannotWork_IsRefusedWithPlaceAndRemedy(string fault, string expected)
    {
        var root = TestAuthority.Root();
        var middle = root.Intermediate("policy");
        var lower = middle.Intermediate("mesh");
        var files = lower.Files();
        switch (fault)
        {
            case "wrong key":
                files["ca-key.pem"] = middle.KeyPem;
                break;
            case "no key":
                files.Remove("ca-key.pem");
                break;
            case "no root":
                files.Remove("root-cert.pem");
                break;
            case "encrypted key":
                files["ca-key.pem"] = lower.EncryptedKeyPem;
                break;
            case "key that is none":
                files["ca-key.pem"] = "-";
                break;
            case "certificate that is none":
                files["ca-cert.pem"] = "-";
                break;
            case "expired":
                files = middle.Intermediate("old", ends: TimeSpan.FromHours(-1)).Files();
                break;
            case "no CA":
                files = middle.Intermediate("leaf", isAuthority: false).Files();
                break;
            case "other root":
                files["root-cert.pem"] = TestAuthority.Root("another root").Pem;
                break;
            case "gap in the chain":
                files["cert-chain.pem"] = lower.Pem;
                break;
            default:
                files["cert-chain.pem"] = "";
                break;
        }

        var refused = Assert.Throws<CertificateAuthorityException>(() => Read(files)).Message;

        Assert.StartsWith("Secret mesh/cacerts: key ", refused, StringComparison.Ordinal);
        Assert.Contains(expected, refused, StringComparison.Ordinal);
    }

    private static CertificateAuthority Read(Dictionary<string, string> files) =>
        CertificateAuthority.Read(files, key => $"Secret mesh/cacerts: key {key}", "cluster.local", TimeProvider.System);

    private static (List<X509Certificate2> Chain, X509Certificate2 Leaf) Sign(CertificateAuthority authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = authority.Sign(new PublicKey(key), [Certificates.Web.ToString()], TimeSpan.FromHours(1));
        var certificates = signed.ChainPem.Select(p => X509Certificate2.CreateFromPem(p)).ToList();
        return (certificates[1..], certificates[0]);
    }
}
