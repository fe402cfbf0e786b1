namespace NodeMesh.EndToEnd;

/// <summary>Port 15008 as strangers find it: a pod's own, and the node's, asked with curl, nghttp, openssl and garbage.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class HbonePortTests(SharedMesh shared) : IDisposable
{
    private const string Peer = "spiffe://cluster.local/ns/meshed/sa/client-1";
    private readonly TestCertificates _certificates = new();

    public static TheoryData<string> Ports() => ["pod", "node"];

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task Curl_WithAnythingButConnect_Gets400(string where)
    {
        var (certificate, key) = await _certificates.OfMeshAsync(shared.Mesh, Peer);
        var status = await OutsideAsync("curl", "-sk", "--http2", "--cert", certificate, "--key", key, "-o", "/dev/null", "-w", "%{http_version} %{http_code}", $"https://{await AddressAsync(where)}:15008/");
        Assert.Equal("2 400", status.Expect());
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task Nghttp_WithAnythingButConnect_Gets400(string where)
    {
        var (certificate, key) = await _certificates.OfMeshAsync(shared.Mesh, Peer);
        var answer = await OutsideAsync("nghttp", "-nv", "--cert", certificate, "--key", key, $"https://{await AddressAsync(where)}:15008/");
        Assert.Contains(":status: 400", answer.Output, StringComparison.Ordinal);
        Assert.Contains("The negotiated protocol: h2", answer.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task OpenSsl_SeesTls13WithH2AndTheRightIdentity(string where)
    {
        var (certificate, key) = await _certificates.OfMeshAsync(shared.Mesh, Peer);
        var address = await AddressAsync(where);
        var answer = await OutsideAsync("sh", "-c", $"openssl s_client -connect {address}:15008 -alpn h2 -cert {certificate} -key {key} </dev/null 2>&1 | tee /dev/stderr | openssl x509 -noout -ext subjectAltName; :");
        var text = answer.Output + answer.Error;
        Assert.Contains("TLSv1.3", text, StringComparison.Ordinal);
        Assert.Contains("ALPN protocol: h2", text, StringComparison.Ordinal);
        Assert.Contains(where == "pod" ? "URI:spiffe://cluster.local/ns/meshed/sa/server-2" : $"URI:spiffe://cluster.local/node/{shared.Mesh.NodeName("node-2")}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSsl_Tls12_IsRefused()
    {
        var (certificate, key) = await _certificates.OfMeshAsync(shared.Mesh, Peer);
        var answer = await OutsideAsync("openssl", "s_client", "-connect", $"{await AddressAsync("pod")}:15008", "-tls1_2", "-cert", certificate, "-key", key);
        Assert.NotEqual(0, answer.ExitCode);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("stranger")]
    [InlineData("expired")]
    [InlineData("other-domain")]
    [InlineData("no-spiffe")]
    public async Task BadClientCertificate_GetsNoHttpAnswerAndIsCounted(string fault)
    {
        var before = await RefusedHandshakesAsync();
        var credentials = fault switch
        {
            "none" => Array.Empty<string>(),
            "stranger" => Arguments(await _certificates.OfStrangerAsync(Peer)),
            "expired" => Arguments(await _certificates.OfMeshAsync(shared.Mesh, Peer, days: -1)),
            "other-domain" => Arguments(await _certificates.OfMeshAsync(shared.Mesh, "spiffe://elsewhere.example/ns/meshed/sa/client-1")),
            _ => Arguments(await _certificates.OfMeshAsync(shared.Mesh, "https://example.com/")),
        };
        var answer = await OutsideAsync("curl", ["-sk", "--http2", "-m", "10", .. credentials, "-o", "/dev/null", "-w", "%{http_code}", $"https://{await AddressAsync("pod")}:15008/"]);

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Equal("000", answer.Output);
        await Eventually.GetAsync(RefusedHandshakesAsync, now => now > before);
        await StillServesAsync();
    }

    [Fact]
    public async Task Garbage_IsDroppedAndCounted()
    {
        var before = await RefusedHandshakesAsync();
        var answer = await OutsideAsync("sh", "-c", $"head -c 4096 /dev/urandom | timeout 15 ncat {await AddressAsync("pod")} 15008 | wc -c");
        Assert.True(int.Parse(answer.Expect(), System.Globalization.CultureInfo.InvariantCulture) < 200, "nothing but a TLS alert may come back");
        await Eventually.GetAsync(RefusedHandshakesAsync, now => now > before);
        await StillServesAsync();
    }

    private static string[] Arguments((string Certificate, string Key) pair) => ["--cert", pair.Certificate, "--key", pair.Key];

    private async Task<string> AddressAsync(string where) => where == "node" ? shared.Mesh.NodeAddress("node-2") : await shared.Mesh.AddressAsync("meshed/server-2");

    /// <summary>Runs a tool from a pod outside the mesh.</summary>
    private Task<CommandResult> OutsideAsync(string file, params string[] arguments) => shared.Mesh.ExecAsync("plain/client-1", [file, .. arguments]);

    private async Task<double> RefusedHandshakesAsync()
    {
        var text = (await Command.RunAsync("nsenter", [$"--net={shared.Mesh.NodeNamespace("node-2")}", "curl", "-s", "http://127.0.0.1:15020/metrics"])).Expect();
        return text.Split('\n')
            .Where(l => l.StartsWith("nodemesh_tunnel_handshake_failures_total", StringComparison.Ordinal))
            .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task StillServesAsync() => (await shared.Mesh.PeerAsync("meshed/client-1", "who", "server-2.meshed", "80")).Expect();
}
