using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;
using NodeMesh.Testing;

namespace NodeMesh.Benchmarks;

/// <summary>
/// Where a captured connection wanted to go: asked of connection tracking for one that iptables redirected. Needs root.
/// The address that was dialled is in no route of the namespace but its default one.
/// </summary>
[MemoryDiagnoser]
public class OriginalDestinationBenchmarks
{
    private const int ProxyPort = 15001;

    private static readonly IPEndPoint Dialled = new(IPAddress.Parse("10.96.0.20"), 80);

    private TestNetwork? _network;
    private NetworkNamespaceBroker? _broker;
    private Socket? _client;
    private Socket? _accepted;

    [GlobalSetup]
    public void Setup()
    {
        // In-process runs do not wait for a setup that is a task.
        SetUpAsync().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _client?.Dispose();
        _accepted?.Dispose();
        _broker?.Dispose();
        await _network!.DisposeAsync();
    }

    [Benchmark]
    public IPEndPoint? FromConnectionTracking() => _accepted!.GetOriginalDestination();

    private async Task SetUpAsync()
    {
        _network = await TestNetwork.CreateAsync();
        var pod = await _network.AddAsync("pod");
        await pod.RunAsync("ip", "link", "set", "lo", "up");
        await pod.RunAsync("ip", "route", "add", "default", "dev", "lo");
        await pod.RunAsync("iptables", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "-d", Dialled.Address.ToString(), "-j", "REDIRECT", "--to-ports", "15001");

        _broker = new NetworkNamespaceBroker();
        using var ns = NetworkNamespace.Open(pod.Path);
        using var listener = await CreateAsync();
        listener.Bind(new IPEndPoint(IPAddress.Any, ProxyPort));
        listener.Listen();
        _client = await CreateAsync();
        await _client.ConnectAsync(Dialled);
        _accepted = await listener.AcceptAsync();
        if (!Dialled.Equals(FromConnectionTracking()))
        {
            throw new InvalidOperationException("the redirected connection does not know where it wanted to go");
        }

        Task<Socket> CreateAsync() => _broker.CreateSocketAsync(ns, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, CancellationToken.None);
    }
}
