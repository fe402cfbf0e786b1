using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Testing;

namespace NodeMesh.EndToEnd;

/// <summary>A mesh that sends spans to a collector beside its nodes. The collector is a stand-in of the tests'; what comes to it is OTLP.</summary>
public sealed class TracingMesh : IAsyncLifetime
{
    private const string Address = "172.18.0.201";
    private const int Port = 4318;

    internal TestMesh Mesh { get; private set; } = null!;

    internal OtlpCollector Collector { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        using var broker = new NetworkNamespaceBroker();
        Mesh = await LocalMesh.StartAsync($"{TestMesh.Prefix}-trc", ["--otlp-endpoint", $"http://{Address}:{Port}"], ["tracing.yaml"]);
        (await Command.RunAsync("nsenter", [$"--net={Mesh.OutsideNamespace}", "ip", "address", "replace", $"{Address}/16", "dev", Mesh.OutsideDevice])).Expect();
        using var outside = NetworkNamespace.Open(Mesh.OutsideNamespace);
        var listener = await broker.CreateSocketAsync(outside, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, CancellationToken.None);
        listener.Bind(new IPEndPoint(IPAddress.Parse(Address), Port));
        listener.Listen();
        Collector = await OtlpCollector.StartAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        if (Mesh is not null)
        {
            await Mesh.DisposeAsync();
        }

        if (Collector is not null)
        {
            await Collector.DisposeAsync();
        }
    }
}
