using System.Globalization;
using System.Text;
using NodeMesh.Kubernetes.Pods;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests.Pods;

/// <summary>Logs and ports of a pod that a real kubelet and containerd run.</summary>
public sealed class PodTests(OneNodeCluster cluster) : IClassFixture<OneNodeCluster>
{
    private PodClient Pods => cluster.Client.Pods("default");

    [Fact]
    public async Task Log_IsRead()
    {
        Assert.StartsWith("listening echo", await ReadToEndAsync(await Pods.ReadLogAsync("echo")), StringComparison.Ordinal);
        Assert.Equal("lis", await ReadToEndAsync(await Pods.ReadLogAsync("echo", new PodLogOptions { LimitBytes = 3, Container = "c" })));
    }

    [Fact]
    public async Task Log_IsFollowed()
    {
        await using var log = await Pods.ReadLogAsync("ticker", new PodLogOptions { Follow = true, TailLines = 1 });
        using var lines = new StreamReader(log);
        var limit = Eventually.Limit;
        var first = int.Parse((await lines.ReadLineAsync(limit))!, CultureInfo.InvariantCulture);
        Assert.Equal(first + 1, int.Parse((await lines.ReadLineAsync(limit))!, CultureInfo.InvariantCulture));
        Assert.Equal(first + 2, int.Parse((await lines.ReadLineAsync(limit))!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task LogOfAMissingPod_IsNotFound() =>
        Assert.True((await Assert.ThrowsAsync<KubernetesException>(() => Pods.ReadLogAsync("nowhere"))).IsNotFound);

    [Fact]
    public async Task Port_AnswersThroughTheApiServer()
    {
        using var http = Http("echo", 8080);
        Assert.StartsWith("hello from echo", await http.GetStringAsync("http://echo/"), StringComparison.Ordinal);
        Assert.StartsWith("hello from echo", await http.GetStringAsync("http://echo/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyConnectionsAtOnce_DoNotMix()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await using var stream = await Pods.PortForwardAsync("cat", 7);
            var sent = Encoding.ASCII.GetBytes(new string((char)('a' + i), 100_000));
            var writing = stream.WriteAsync(sent).AsTask();
            var received = new byte[sent.Length];
            await stream.ReadExactlyAsync(received, Eventually.Limit);
            await writing;
            return sent.AsSpan().SequenceEqual(received);
        }));
        Assert.All(answers, Assert.True);
    }

    [Fact]
    public async Task ClosedPort_TellsWhy()
    {
        await using var stream = await Pods.PortForwardAsync("echo", 4444);
        var error = await Assert.ThrowsAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1], Eventually.Limit));
        Assert.Contains("default/echo:4444", error.Message, StringComparison.Ordinal);
        Assert.Contains("refused", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task PortOfAMissingPod_IsNotFoundWithTheServersWords()
    {
        var error = await Assert.ThrowsAsync<KubernetesException>(() => Pods.PortForwardAsync("nowhere", 80));
        Assert.True(error.IsNotFound);
        Assert.Equal("pods \"nowhere\" not found", error.Status.Message);
    }

    [Fact]
    public async Task PortWithoutTheRight_IsForbidden()
    {
        using var client = new KubernetesClient(cluster.Cluster.Certificate("kube-proxy"));
        Assert.True((await Assert.ThrowsAsync<KubernetesException>(() => client.Pods("default").PortForwardAsync("echo", 8080))).IsForbidden);
    }

    private static async Task<string> ReadToEndAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private HttpClient Http(string pod, int port) => new(new SocketsHttpHandler { ConnectCallback = async (_, ct) => await Pods.PortForwardAsync(pod, port, ct) });
}
