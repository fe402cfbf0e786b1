using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Local.Layout;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Proxy;

/// <summary>Asks HTTP servers inside a local mesh's namespaces: sockets are made there, this process stays where it is.</summary>
internal sealed class MeshHttpClient : MeshAccess
{
    private readonly LocalMesh _mesh;
    private readonly NetworkNamespaceBroker _broker = new();

    /// <summary>Makes a client.</summary>
    /// <param name="mesh">The mesh.</param>
    public MeshHttpClient(LocalMesh mesh) => _mesh = mesh;

    /// <inheritdoc/>
    public override string Title => $"local mesh {_mesh.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Nodes => _mesh.Nodes;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ControlPlanes => ["nodemesh-control"];

    /// <summary>The mesh's files.</summary>
    public MeshLayout Layout => _mesh.Layout;

    /// <inheritdoc/>
    protected override TimeSpan Limit => TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public override string RequireNode(string node) => _mesh.RequireNode(node);

    /// <inheritdoc/>
    public override Task<ManifestSet> ReadResourcesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ManifestReader.ReadPaths(new[] { _mesh.Layout.Applied, _mesh.Layout.Runtime }.Where(Directory.Exists), new ManifestOptions { KeepInvalid = true }));

    /// <inheritdoc/>
    protected override void RequireControl()
    {
        // The program is part of every local mesh.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _broker.Dispose();
    }

    /// <inheritdoc/>
    protected override string Hint(MeshPart part) => $"its log is in {_mesh.Layout.Logs}; 'nodemesh local status --name {_mesh.Name}' says whether it runs, and this has to be root";

    /// <inheritdoc/>
    protected override async ValueTask<Stream> ConnectAsync(MeshPart part, CancellationToken ct)
    {
        var (name, address) = part.Port switch
        {
            MeshPort.Control => (_mesh.Name.SwitchNamespace, new IPEndPoint(IPAddress.Parse("172.18.0.1"), MeshPorts.ControlMetrics)),
            MeshPort.Metrics => (_mesh.Name.NodeNamespace(part.Name), new IPEndPoint(IPAddress.Loopback, MeshPorts.Metrics)),
            _ => (_mesh.Name.NodeNamespace(part.Name), new IPEndPoint(IPAddress.Loopback, MeshPorts.Admin)),
        };
        using var ns = NetworkNamespace.Open(MeshLayout.NamespacePath(name));
        var socket = await _broker.CreateSocketAsync(ns, address.AddressFamily, SocketType.Stream, ProtocolType.Tcp, ct);
        try
        {
            await socket.ConnectAsync(address, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
