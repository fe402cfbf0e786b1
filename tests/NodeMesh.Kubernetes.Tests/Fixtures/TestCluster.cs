using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Testing;

namespace NodeMesh.Kubernetes.Tests.Fixtures;

/// <summary>
/// A cluster of <c>tests/cluster</c>, reached through a relay on loopback. It belongs to this process: it goes with it, even after a kill -9.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private readonly string _name;
    private readonly NetworkNamespaceBroker _broker = new();
    private Linux.Namespaces.NetworkNamespace? _namespace;
    private Relay? _relay;

    private TestCluster(string name) => _name = name;

    /// <summary>The script that brings clusters up and down.</summary>
    public static string Script { get; } = FindScript();

    public string Directory => $"/var/tmp/nodemesh-clusters/{_name}";

    public string Pki => Path.Combine(Directory, "pki");

    public Relay Relay => _relay!;

    public static async Task<TestCluster> StartAsync(string suffix, params string[] options)
    {
        var cluster = new TestCluster(string.Create(CultureInfo.InvariantCulture, $"kt-{Environment.ProcessId}-{suffix}"));
        await cluster.ScriptAsync(["up", .. options, "--owner", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        cluster._namespace = Linux.Namespaces.NetworkNamespace.Open(cluster.NetworkNamespace);
        cluster._relay = new Relay(cluster.ConnectAsync);
        return cluster;
    }

    /// <summary>A process of the control plane ends; it is back with <see cref="StartProcessAsync"/>.</summary>
    public Task StopProcessAsync(string process) => ScriptAsync("stop", process);

    public Task StartProcessAsync(string process) => ScriptAsync("start", process);

    /// <summary>Where etcd and the API server listen.</summary>
    public string NetworkNamespace => $"/run/netns/km-{_name}-cp";

    public KubernetesClientConfiguration Admin(Relay? relay = null) => Certificate("admin", relay);

    public KubernetesClientConfiguration Certificate(string name, Relay? relay = null) => Anonymous(relay) with
    {
        ClientCertificate = PemSource.FromFile(Path.Combine(Pki, name + ".crt")),
        ClientKey = PemSource.FromFile(Path.Combine(Pki, name + ".key")),
    };

    public KubernetesClientConfiguration Anonymous(Relay? relay = null) => new()
    {
        Host = new Uri($"https://127.0.0.1:{(relay ?? Relay).Port}"),
        CertificateAuthority = PemSource.FromFile(Path.Combine(Pki, "ca.crt")),
    };

    /// <summary>Another way to the server, to be cut without disturbing anybody else.</summary>
    public Relay AnotherRelay() => new(ConnectAsync);

    /// <summary>A way from the API server, on its own loopback, to a port of the test's.</summary>
    public async Task<Relay> RelayToAsync(Func<IPEndPoint> target)
    {
        var listener = await _broker.CreateSocketAsync(_namespace!, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, CancellationToken.None);
        return new Relay(listener, async ct =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(target(), ct);
            return socket;
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

        _namespace?.Dispose();
        _broker.Dispose();
        await ScriptAsync("down");
    }

    private async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        var socket = await _broker.CreateSocketAsync(_namespace!, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, ct);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse("10.77.0.1"), 6443), ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task<string> ScriptAsync(params string[] args) => TestCommand.RequireAsync(Script, [args[0], "--name", _name, .. args[1..]]);

    private static string FindScript()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "NodeMesh.sln")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory?.FullName ?? throw new InvalidOperationException("NodeMesh.sln is above no folder of the test's binaries"), "tests", "cluster", "cluster");
    }
}
