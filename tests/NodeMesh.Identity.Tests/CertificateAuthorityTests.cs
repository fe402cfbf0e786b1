using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Testing;

namespace NodeMesh.Identity.Tests;

public sealed class CertificateAuthorityTests : IDisposable
{
    private const string WebUri = "spiffe://cluster.local/ns/shop/sa/web";

    private readonly ManualTimeProvider _time = new();
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"nmt-ca-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public void Sign_ValidRequest_MakesALeafOfTheServersChoice()
    {
        using var authority = CertificateAuthority.Create("cluster.local", _time);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = SigningRequestKey.Create(key, ["spiffe://cluster.local/ns/shop/sa/somebody-else"]);

        var answer = authority.Sign(csr, [WebUri, "spiffe://cluster.local/node/node-1"], TimeSpan.FromHours(2));

        using var leaf = X509Certificate2.CreateFromPem(Assert.Single(answer.ChainPem));
        Assert.Equal([WebUri, "spiffe://cluster.local/node/node-1"], SubjectNames.Uris(leaf));
        Assert.Equal("", leaf.Subject);
        Assert.Equal(_time.GetUtcNow().AddMinutes(-1), leaf.NotBefore.ToUniversalTime());
        Assert.Equal(_time.GetUtcNow().AddHours(2), leaf.NotAfter.ToUniversalTime());
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, leaf.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.Equal(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value!));
        var root = authority.Bundle.Roots[0];
        var authorityKey = leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value;
        Assert.Equal(root.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes.ToArray(), authorityKey.ToArray());
        Assert.Equal(answer.RootsPem, authority.Bundle.ToPem());
    }

    [Fact]
    public void Sign_TwoLeaves_HaveDifferentSerialNumbers()
    {
        using var authority = CertificateAuthority.Create("cluster.local", _time);
        var first = Certificates.Issue(authority, Certificates.Web).SerialNumber;
        Assert.NotEqual(first, Certificates.Issue(authority, Certificates.Web).SerialNumber);
        Assert.Equal(32, first.Length);
    }

    [Fact]
    public void Sign_LifetimeBeyondTheRoot_IsCut()
    {
        using var authority = CertificateAuthority.Create("cluster.local", _time);
        var certificate = Certificates.Issue(authority, Certificates.Web, TimeSpan.FromDays(365 * 50));
        Assert.Equal(authority.Bundle.Roots[0].NotAfter.ToUniversalTime(), certificate.NotAfter.UtcDateTime);
        _time.Advance(TimeSpan.FromDays(365 * 11));
        Assert.Equal(CertificateSigningReason.Unavailable, Refused(() => Certificates.Issue(authority, Certificates.Web)));
    }

    [Fact]
    public void Sign_TamperedRequest_IsBadSignature()
    {
        using var authority = CertificateAuthority.Create("cluster.local", _time);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = SigningRequestKey.Create(key, [WebUri]);
        var csr = Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]);
        csr[^3] ^= 1;
        var pem = PemEncoding.WriteString("CERTIFICATE REQUEST", csr);
        Assert.Equal(CertificateSigningReason.BadSignature, Refused(() => authority.Sign(pem, [WebUri], TimeSpan.FromHours(1))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----")]
    public void Sign_NoRequest_IsMalformed(string pem)
    {
        using var authority = CertificateAuthority.Create("cluster.local", _time);
        Assert.Equal(CertificateSigningReason.MalformedRequest, Refused(() => authority.Sign(pem, [WebUri], TimeSpan.FromHours(1))));
        Assert.Equal(CertificateSigningReason.MalformedRequest, Refused(() => authority.Sign(new string('A', 1 << 20), [WebUri], TimeSpan.FromHours(1))));
    }

    [Fact]
    public void Sign_OtherKinds_AreUnsupported()
    {
        using var authority = CertificateAuthority.Create("cluster.local", _time);
        using var rsa = RSA.Create(2048);
        var withRsa = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem();
        using var big = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        Assert.Equal(CertificateSigningReason.UnsupportedKey, Refused(() => authority.Sign(withRsa, [WebUri], TimeSpan.FromHours(1))));
        Assert.Equal(CertificateSigningReason.UnsupportedKey, Refused(() => authority.Sign(SigningRequestKey.Create(big, [WebUri]), [WebUri], TimeSpan.FromHours(1))));
    }

    [Theory]
    [InlineData("spiffe://other.example/ns/shop/sa/web", 60)]
    [InlineData("https://example.com/", 60)]
    [InlineData(WebUri, 0)]
    [InlineData(WebUri, -5)]
    [InlineData(null, 60)]
    public void Sign_NamesOrLifetimeOutOfReach_AreInvalid(string? uri, int minutes)
    {
        using var authority = CertificateAuthority.Create("cluster.local", _time);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = SigningRequestKey.Create(key, [WebUri]);
        Assert.Equal(CertificateSigningReason.InvalidArgument, Refused(() => authority.Sign(csr, uri is null ? [] : [uri], TimeSpan.FromMinutes(minutes))));
    }

    [Fact]
    public void Load_SavedAuthority_SignsAsBefore()
    {
        using var saved = CertificateAuthority.LoadOrCreate(_directory, "cluster.local", _time);
        using var loaded = CertificateAuthority.LoadOrCreate(_directory, "cluster.local", _time);
        Assert.True(saved.Bundle.HasSameRoots(loaded.Bundle));
        var leaf = Certificates.Issue(loaded, Certificates.Web).Leaf;
        Assert.Equal(Certificates.Web, saved.Bundle.Verify(leaf, [], _time.GetUtcNow(), PeerUsage.Server).Identity);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, "root-key.pem")));
    }

    [Fact]
    public void Rotation_EachStepSavedAndLoaded_KeepsTrust()
    {
        using var first = CertificateAuthority.LoadOrCreate(_directory, "cluster.local", _time);
        var old = Certificates.Issue(first, Certificates.Web).Leaf;
        first.AddRoot();
        first.AddRoot();
        first.Save(_directory);
        Assert.Equal(2, first.Bundle.Roots.Length);
        Assert.Equal(old.Issuer, Certificates.Issue(first, Certificates.Cart).Leaf.Issuer);

        using var second = CertificateAuthority.Load(_directory, "cluster.local", _time);
        Assert.True(second.Bundle.HasSameRoots(first.Bundle));
        second.Rotate();
        second.Save(_directory);

        using var third = CertificateAuthority.Load(_directory, "cluster.local", _time);
        Assert.True(third.Bundle.HasSameRoots(first.Bundle));
        var renewed = Certificates.Issue(third, Certificates.Web).Leaf;
        Assert.NotEqual(old.Issuer, renewed.Issuer);
        Assert.NotNull(third.Bundle.Verify(old, [], _time.GetUtcNow(), PeerUsage.Client).Identity);
        Assert.NotNull(first.Bundle.Verify(renewed, [], _time.GetUtcNow(), PeerUsage.Client).Identity);

        third.RetireRoots();
        third.Save(_directory);
        using var fourth = CertificateAuthority.Load(_directory, "cluster.local", _time);
        Assert.Single(fourth.Bundle.Roots);
        Assert.Equal(PeerVerificationReason.UnknownAuthority, Assert.Throws<PeerVerificationException>(() => fourth.Bundle.Verify(old, [], _time.GetUtcNow(), PeerUsage.Client)).Reason);
    }

    [Fact]
    public void Load_BrokenDirectory_NamesTheFile()
    {
        Assert.Contains("root.pem", Broken(() => CertificateAuthority.Load(_directory, "cluster.local", _time)), StringComparison.Ordinal);
        CertificateAuthority.LoadOrCreate(_directory, "cluster.local", _time).Dispose();
        Assert.Contains("trustDomain", Broken(() => CertificateAuthority.Load(_directory, "other.example", _time)), StringComparison.Ordinal);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(_directory, "root-key.pem"), other.ExportPkcs8PrivateKeyPem());
        Assert.Contains("not the key of", Broken(() => CertificateAuthority.Load(_directory, "cluster.local", _time)), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_directory, "root-key.pem"), "");
        Assert.Contains("cannot be read", Broken(() => CertificateAuthority.Load(_directory, "cluster.local", _time)), StringComparison.Ordinal);

        // A directory with half a CA is never overwritten with a new one.
        File.Delete(Path.Combine(_directory, "root.pem"));
        Assert.Contains("root.pem", Broken(() => CertificateAuthority.LoadOrCreate(_directory, "cluster.local", _time)), StringComparison.Ordinal);
    }

    private static CertificateSigningReason Refused(Func<object> act) => Assert.Throws<CertificateSigningException>(act).Reason;

    private static string Broken(Func<object> act) => Assert.Throws<CertificateAuthorityException>(act).Message;
}
