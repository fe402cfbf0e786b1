using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Testing;

namespace NodeMesh.Identity.Tests;

/// <summary>Certificates of the CA in real TLS 1.3 handshakes over loopback.</summary>
public sealed class HandshakeTests
{
    [Fact]
    public async Task Handshake_MutualTls13_BothSeeTheOther()
    {
        using var authority = CertificateAuthority.Create("cluster.local", TimeProvider.System);
        var (server, client) = await HandshakeAsync(Certificates.Issue(authority, Certificates.Web), Certificates.Issue(authority, Certificates.Cart));
        Assert.Equal(Certificates.Web, client.Identity);
        Assert.Equal(Certificates.Cart, server.Identity);
    }

    [Fact]
    public async Task Handshake_AcrossRotation_OldAndNewCertificatesMeet()
    {
        using var authority = CertificateAuthority.Create("cluster.local", TimeProvider.System);
        authority.AddRoot();
        var old = Certificates.Issue(authority, Certificates.Web);
        authority.Rotate();
        var renewed = Certificates.Issue(authority, Certificates.Cart);
        Assert.NotEqual(old.Leaf.Issuer, renewed.Leaf.Issuer);
        var (server, client) = await HandshakeAsync(old, renewed);
        Assert.Equal(Certificates.Cart, server.Identity);
        Assert.Equal(Certificates.Web, client.Identity);
    }

    [Fact]
    public async Task Handshake_AcrossRotationOfIntermediates_OldAndNewCertificatesMeet()
    {
        var root = TestAuthority.Root();
        static CertificateAuthority Read(TestAuthority lower) => CertificateAuthority.Read(lower.Files(), key => key, "cluster.local", TimeProvider.System);
        using var authority = Read(root.Intermediate("first"));
        var old = Certificates.Issue(authority, Certificates.Web);
        authority.Become(Read(root.Intermediate("second")));
        var renewed = Certificates.Issue(authority, Certificates.Cart);
        Assert.NotEqual(old.Leaf.Issuer, renewed.Leaf.Issuer);
        foreach (var (left, right) in new[] { (old, renewed), (renewed, old) })
        {
            var (server, client) = await HandshakeAsync(left, right);
            Assert.Equal((right.Identity, left.Identity), (server.Identity, client.Identity));
        }
    }

    [Fact]
    public async Task Handshake_CertificateOfAnotherMesh_IsRefused()
    {
        using var authority = CertificateAuthority.Create("cluster.local", TimeProvider.System);
        using var foreign = CertificateAuthority.Create("cluster.local", TimeProvider.System);
        var refused = await Assert.ThrowsAnyAsync<AuthenticationException>(() => HandshakeAsync(Certificates.Issue(authority, Certificates.Web), Certificates.Issue(foreign, Certificates.Cart)));
        Assert.NotNull(refused);
    }

    [Fact]
    public async Task ServerCertificate_DnsAndAddress_SatisfyAnOrdinaryClient()
    {
        using var authority = CertificateAuthority.Create("cluster.local", TimeProvider.System);
        using var certificate = authority.IssueServerCertificate(["nodemesh-control.nodemesh-system.svc"], [IPAddress.Loopback], TimeSpan.FromHours(1), out _);
        foreach (var name in new[] { "nodemesh-control.nodemesh-system.svc", "127.0.0.1" })
        {
            var (left, right) = await ConnectAsync();
            await using var serverStream = new SslStream(left);
            await using var clientStream = new SslStream(right);
            var policy = authority.Bundle.CreateChainPolicy();
            await Task.WhenAll(
                serverStream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }),
                clientStream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, CertificateChainPolicy = policy }));
            Assert.True(clientStream.IsAuthenticated);
        }
    }

    private static async Task<(PeerCertificate Server, PeerCertificate Client)> HandshakeAsync(WorkloadCertificate server, WorkloadCertificate client)
    {
        var (left, right) = await ConnectAsync();
        await using var serverStream = new SslStream(left);
        await using var clientStream = new SslStream(right);
        PeerCertificate? seenByServer = null;
        PeerCertificate? seenByClient = null;
        var serverOptions = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = server.Context,
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = server.Bundle.CreateChainPolicy(),
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => Accept(server, certificate, chain, PeerUsage.Client, out seenByServer),
        };
        var clientOptions = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = client.Context,
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = client.Bundle.CreateChainPolicy(),
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => Accept(client, certificate, chain, PeerUsage.Server, out seenByClient),
        };
        await Task.WhenAll(serverStream.AuthenticateAsServerAsync(serverOptions), clientStream.AuthenticateAsClientAsync(clientOptions));

        // In TLS 1.3 the client learns of a refusal only with its first read.
        var buffer = new byte[1];
        await serverStream.WriteAsync(new byte[] { 42 });
        await clientStream.ReadExactlyAsync(buffer);
        return (seenByServer!, seenByClient!);
    }

    private static bool Accept(WorkloadCertificate own, X509Certificate? certificate, X509Chain? chain, PeerUsage usage, out PeerCertificate? peer)
    {
        peer = null;
        try
        {
            peer = own.Bundle.Verify((X509Certificate2)certificate!, chain!.ChainPolicy.ExtraStore, TimeProvider.System.GetUtcNow(), usage);
            return true;
        }
        catch (PeerVerificationException)
        {
            return false;
        }
    }

    private static async Task<(NetworkStream Left, NetworkStream Right)> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var right = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await right.ConnectAsync(listener.LocalEndpoint);
        var left = await listener.AcceptSocketAsync();
        return (new NetworkStream(left, ownsSocket: true), new NetworkStream(right, ownsSocket: true));
    }
}
