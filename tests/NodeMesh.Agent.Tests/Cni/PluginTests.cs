using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using NodeMesh.Agent.Installation;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Agent.Tests.Cni;

/// <summary>The plugin's program, with an agent that says what a test wants.</summary>
public sealed class PluginTests : IDisposable
{
    private const string Result = """{"cniVersion":"0.4.0","interfaces":[{"name":"eth0","sandbox":"/var/run/netns/x"}],"ips":[{"version":"4","address":"10.1.2.3/24","interface":0}],"dns":{"x":"a \"quoted\" }"}}""";

    private readonly TemporaryFolder _folder = new();

    private string Socket => Path.Combine(_folder.Path, "agent.sock");

    [Fact]
    public async Task Version_IsAnsweredWithoutTheAgent()
    {
        var (exit, output) = await RunAsync("VERSION", """{"cniVersion":"1.0.0"}""");
        var answer = JsonNode.Parse(output)!;
        Assert.Equal((0, "1.0.0"), (exit, (string?)answer["cniVersion"]));
        Assert.Contains("0.4.0", answer["supportedVersions"]!.AsArray().Select(v => (string?)v));
    }

    [Fact]
    public async Task Add_TellsTheAgentEverythingAndPrintsItsAnswer()
    {
        var asked = ServeAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\": 1}\n");
        var (exit, output) = await RunAsync("ADD", Configuration());
        Assert.Equal((0, "{\"a\": 1}\n"), (exit, output));
        var request = await asked;
        Assert.StartsWith("POST /cni HTTP/1.0\r\n", request, StringComparison.Ordinal);
        Assert.Contains("CNI-Command: ADD\r\n", request, StringComparison.Ordinal);
        Assert.Contains("CNI-ContainerID: c1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("CNI-NetNS: /var/run/netns/x\r\n", request, StringComparison.Ordinal);
        Assert.Contains("CNI-Args: IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + Configuration(), request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_WithALargeConfiguration_PassesAllOfIt()
    {
        var asked = ServeAsync("HTTP/1.1 200 OK\r\n\r\n{}");
        var configuration = Configuration().Replace("\"name\"", $"\"padding\":\"{new string('x', 300_000)}\",\"name\"", StringComparison.Ordinal);
        var (exit, _) = await RunAsync("ADD", configuration);
        Assert.Equal(0, exit);
        Assert.EndsWith(configuration, await asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_RefusedByTheAgent_FailsWithItsWords()
    {
        const string Error = """{"cniVersion":"0.4.0","code":11,"msg":"not captured","details":""}""";
        var asked = ServeAsync("HTTP/1.1 500 Internal Server Error\r\n\r\n" + Error);
        Assert.Equal((1, Error), await RunAsync("ADD", Configuration()));
        await asked;
    }

    [Theory]
    [InlineData("ADD")]
    [InlineData("CHECK")]
    public async Task WithoutTheAgent_ThePodDoesNotStart(string command)
    {
        var (exit, output) = await RunAsync(command, Configuration());
        var error = JsonNode.Parse(output)!;
        Assert.Equal((1, 11, "0.4.0"), (exit, (int?)error["code"], (string?)error["cniVersion"]));
        Assert.Contains("nodemesh-proxy", (string?)error["msg"], StringComparison.Ordinal);
        Assert.Contains(Socket, (string?)error["details"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutTheAgent_APodOfAnExcludedNamespaceStarts()
    {
        Assert.Equal((0, Result), await RunAsync("ADD", Configuration(), "K8S_POD_NAMESPACE=kube-system;K8S_POD_NAME=web-0"));
        Assert.Equal((0, ""), await RunAsync("CHECK", Configuration(), "K8S_POD_NAMESPACE=kube-system;K8S_POD_NAME=web-0"));
    }

    [Theory]
    [InlineData("K8S_POD_NAME=kube-system;K8S_POD_NAMESPACE=shop")]
    [InlineData("K8S_POD_NAMESPACE=kube-system-2")]
    [InlineData("XK8S_POD_NAMESPACE=kube-system")]
    [InlineData("K8S_POD_NAMESPACE=kube")]
    [InlineData("")]
    public async Task WithoutTheAgent_NoOtherNamespaceIsTakenForAnExcludedOne(string arguments) =>
        Assert.Equal(1, (await RunAsync("ADD", Configuration(), arguments)).Exit);

    [Fact]
    public async Task AgentThatEndsHalfWay_IsAnAgentThatIsAway()
    {
        var asked = ServeAsync("HTTP/1.1 200 O");
        var (exit, output) = await RunAsync("ADD", Configuration());
        Assert.Equal((1, 11), (exit, (int?)JsonNode.Parse(output)!["code"]));
        await asked;
    }

    [Fact]
    public async Task Delete_NeverFails()
    {
        Assert.Equal((0, ""), await RunAsync("DEL", Configuration()));
        Assert.Equal((0, ""), await RunAsync("DEL", "not JSON"));
        var asked = ServeAsync("HTTP/1.1 500 No\r\n\r\n{\"code\":1}");
        Assert.Equal((0, ""), await RunAsync("DEL", Configuration()));
        Assert.Contains("CNI-Command: DEL\r\n", await asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_WithoutTheAgent_SaysThatNoPodCanStart()
    {
        var (exit, output) = await RunAsync("STATUS", Configuration());
        Assert.Equal((1, 50), (exit, (int?)JsonNode.Parse(output)!["code"]));
    }

    [Fact]
    public async Task BadEnvironment_IsRefused()
    {
        Assert.Equal(4, Code(await RunAsync("NONSENSE", Configuration())));
        Assert.Equal(4, Code(await RunAsync("ADD", Configuration(), "A=b\r\nCNI-Command: DEL")));
        Assert.Equal(4, Code(await RunAsync("ADD", Configuration(), new string('x', 5000))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1,2")]
    [InlineData("{\"excludeNamespaces\":[\"shop\"")]
    [InlineData("{\"excludeNamespaces\":\"shop\"}")]
    [InlineData("{\"a\":\"\\")]
    public async Task MalformedConfiguration_WithoutTheAgent_IsNoWayIn(string configuration) => Assert.Equal(1, (await RunAsync("ADD", configuration)).Exit);

    public void Dispose() => _folder.Dispose();

    private static int? Code((int Exit, string Output) run) => (int?)JsonNode.Parse(run.Output)!["code"];

    private string Configuration() =>
        $$"""{"cniVersion":"0.4.0","name":"km","type":"nodemesh-cni","socket":"{{Socket}}","excludeNamespaces":["nodemesh-system","kube-system"],"prevResult":{{Result}}}""";

    /// <summary>An agent for one request.</summary>
    private async Task<string> ServeAsync(string answer)
    {
        File.Delete(Socket);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Socket));
        listener.Listen();
        using var client = await listener.AcceptAsync(Eventually.Limit);
        var request = new MemoryStream();
        var buffer = new byte[65536];
        while (!IsComplete(request))
        {
            request.Write(buffer.AsSpan(0, await client.ReceiveAsync(buffer, SocketFlags.None, Eventually.Limit)));
        }

        await client.SendAsync(Encoding.UTF8.GetBytes(answer), SocketFlags.None, Eventually.Limit);
        return Encoding.UTF8.GetString(request.ToArray());
    }

    private static bool IsComplete(MemoryStream request)
    {
        var text = Encoding.UTF8.GetString(request.ToArray());
        var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        const string Length = "Content-Length: ";
        var at = text.IndexOf(Length, StringComparison.Ordinal);
        return head > 0 && text.Length - head - 4 >= int.Parse(text[(at + Length.Length)..text.IndexOf('\r', at)], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<(int Exit, string Output)> RunAsync(string command, string configuration, string arguments = "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0")
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, ConflistEditor.PluginType)) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["CNI_COMMAND"] = command;
        start.Environment["CNI_CONTAINERID"] = "c1";
        start.Environment["CNI_NETNS"] = "/var/run/netns/x";
        start.Environment["CNI_IFNAME"] = "eth0";
        start.Environment["CNI_ARGS"] = arguments;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(configuration);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It had its say without reading.
        }

        await process.WaitForExitAsync(Eventually.Limit);
        return (process.ExitCode, await output);
    }
}
