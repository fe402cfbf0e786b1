using System.Security.Cryptography.X509Certificates;
using NodeMesh.Testing;

namespace NodeMesh.Identity.Tests;

public sealed class TrustBundleTests
{
    private const string WebUri = "spiffe://cluster.local/ns/shop/sa/web";
    private const string NodeUri = "spiffe://cluster.local/node/node-1";

    private readonly DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly X509Certificate2 _root;
    private readonly TrustBundle _bundle;

    public TrustBundleTests()
    {
        _root = Certificates.Root(_now);
        _bundle = TrustBundle.FromCertificates([_root]);
    }

    [Fact]
    public void Verify_WorkloadAndNodeUri_ReturnsBoth()
    {
        var peer = _bundle.Verify(Leaf([WebUri, NodeUri]), [], _now, PeerUsage.Server);
        Assert.Equal(Certificates.Web, peer.Identity);
        Assert.Equal("node-1", peer.Node?.Node);
        Assert.Equal([WebUri, NodeUri], peer.Uris);
        Assert.Equal(_now.AddHours(1), peer.NotAfter);
    }

    [Theory]
    [InlineData(PeerVerificationReason.NoSpiffeId)]
    [InlineData(PeerVerificationReason.NoSpiffeId, NodeUri)]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, "https://example.com/")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, WebUri, "https://example.com/")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, WebUri, "spiffe://cluster.local/ns/shop/sa/cart")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, WebUri, WebUri)]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, WebUri, NodeUri, "spiffe://cluster.local/node/node-2")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, WebUri, "spiffe://other.example/node/node-1")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, "spiffe://cluster.local/ns/shop/sa/web/x")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, "spiffe://cluster.local/ns/shop/sa/")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, "spiffe://cluster.local/ns//sa/web")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, "spiffe://cluster.local/ns/shop/sa/web?x=1")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, "spiffe://cluster.local:80/ns/shop/sa/web")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, "spiffe://user@cluster.local/ns/shop/sa/web")]
    [InlineData(PeerVerificationReason.MalformedSpiffeId, "spiffe://cluster.local/ns/sh%6fp/sa/web")]
    public void Verify_UrisOutsideTheGrammar_AreRefused(PeerVerificationReason reason, params string[] uris) =>
        Refused(reason, Leaf(uris), PeerUsage.Client);

    [Fact]
    public void Verify_ForeignRoot_IsUnknownAuthority() =>
        Refused(PeerVerificationReason.UnknownAuthority, Certificates.Leaf(Certificates.Root(_now), _now, _now.AddHours(1), [WebUri]), PeerUsage.Client);

    [Fact]
    public void Verify_ForeignRootSentAlong_IsUnknownAuthority()
    {
        var foreign = Certificates.Root(_now, "CN=foreign");
        var leaf = Certificates.Leaf(foreign, _now, _now.AddHours(1), [WebUri]);
        var refused = Assert.Throws<PeerVerificationException>(() => _bundle.Verify(leaf, [foreign], _now, PeerUsage.Client));
        Assert.Equal(PeerVerificationReason.UnknownAuthority, refused.Reason);
    }

    [Fact]
    public void Verify_TimesAroundValidity_AreToldApart()
    {
        var leaf = Certificates.Leaf(_root, _now, _now.AddHours(1), [WebUri]);
        Refused(PeerVerificationReason.NotYetValid, leaf, PeerUsage.Client, _now.AddSeconds(-1));
        Refused(PeerVerificationReason.Expired, leaf, PeerUsage.Client, _now.AddHours(1).AddSeconds(1));
        Assert.NotNull(_bundle.Verify(leaf, [], _now.AddMinutes(59), PeerUsage.Client).Identity);
    }

    [Fact]
    public void Verify_ExpiredRoot_IsExpired() =>
        Refused(PeerVerificationReason.Expired, Certificates.Leaf(_root, _now, _now.AddYears(2), [WebUri]), PeerUsage.Client, _now.AddDays(200));

    [Fact]
    public void Verify_UsagesThatDoNotFit_AreRefused()
    {
        var to = _now.AddHours(1);
        var serverOnly = Certificates.Leaf(_root, _now, to, [WebUri], [Certificates.ServerOid]);
        Refused(PeerVerificationReason.WrongUsage, serverOnly, PeerUsage.Client);
        Assert.NotNull(_bundle.Verify(serverOnly, [], _now, PeerUsage.Server).Identity);
        Refused(PeerVerificationReason.WrongUsage, Certificates.Leaf(_root, _now, to, [WebUri], [Certificates.ClientOid]), PeerUsage.Server);
        Refused(PeerVerificationReason.WrongUsage, Certificates.Leaf(_root, _now, to, [WebUri], []), PeerUsage.Client);
        Refused(PeerVerificationReason.WrongUsage, Certificates.Leaf(_root, _now, to, [WebUri], isAuthority: true), PeerUsage.Client);
        Refused(PeerVerificationReason.WrongUsage, Certificates.Leaf(_root, _now, to, [WebUri], keyUsage: X509KeyUsageFlags.KeyEncipherment), PeerUsage.Client);
    }

    [Fact]
    public void Verify_NamesThatCannotBeRead_AreRefused() =>
        Refused(PeerVerificationReason.UnknownAuthority, Certificates.Leaf(_root, _now, _now.AddHours(1), [], rawNames: [0x30, 0x05, 0x86, 0x09, 0x61]), PeerUsage.Client);

    [Fact]
    public void Verify_SeveralRoots_TrustsLeavesOfEach()
    {
        // Same subject on purpose: the right root must be found by its key identifier.
        var second = Certificates.Root(_now);
        var both = TrustBundle.FromPem(TrustBundle.FromCertificates([_root, second, _root]).ToPem());
        Assert.Equal(2, both.Roots.Length);
        foreach (var root in new[] { _root, second })
        {
            Assert.Equal(Certificates.Web, both.Verify(Certificates.Leaf(root, _now, _now.AddHours(1), [WebUri]), [], _now, PeerUsage.Client).Identity);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not pem")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void FromPem_NoCertificate_IsFormatError(string pem) => Assert.Throws<FormatException>(() => TrustBundle.FromPem(pem));

    [Fact]
    public void Require_OtherDomainOrIdentity_IsRefusedWithReason()
    {
        var peer = _bundle.Verify(Leaf([WebUri]), [], _now, PeerUsage.Client);
        peer.RequireTrustDomain("cluster.local");
        peer.RequireAnyUri(["spiffe://cluster.local/ns/x/sa/y", WebUri]);
        Assert.Equal(PeerVerificationReason.WrongTrustDomain, Assert.Throws<PeerVerificationException>(() => peer.RequireTrustDomain("other.example")).Reason);
        Assert.Equal(PeerVerificationReason.UnexpectedIdentity, Assert.Throws<PeerVerificationException>(() => peer.RequireAnyUri([NodeUri])).Reason);
        Assert.Equal(PeerVerificationReason.UnexpectedIdentity, Assert.Throws<PeerVerificationException>(() => peer.RequireAnyUri([])).Reason);
    }

    [Fact]
    public void Verify_CertificateOfTheAuthority_IsAccepted()
    {
        var time = new ManualTimeProvider();
        using var authority = CertificateAuthority.Create("cluster.local", time);
        var certificate = Certificates.Issue(authority, Certificates.Web);
        Assert.Equal(Certificates.Web, authority.Bundle.Verify(certificate.Leaf, [], time.GetUtcNow(), PeerUsage.Client).Identity);
    }

    private X509Certificate2 Leaf(IEnumerable<string> uris) => Certificates.Leaf(_root, _now, _now.AddHours(1), uris);

    private void Refused(PeerVerificationReason reason, X509Certificate2 leaf, PeerUsage usage, DateTimeOffset? at = null)
    {
        var refused = Assert.Throws<PeerVerificationException>(() => _bundle.Verify(leaf, [], at ?? _now, usage));
        Assert.Equal(reason, refused.Reason);
    }
}
