using NodeMesh.Compare.Network;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Rows;

/// <summary>The servers and the rows without a mesh: direct, HAProxy and nginx, on a topology of their own.</summary>
internal sealed class Peers : IAsyncDisposable
{
    private readonly Topology _topology;
    private readonly List<BackgroundProgram> _programs = [];

    private Peers(Topology topology) => _topology = topology;

    public List<Row> Rows { get; } = [];

    public static async Task<Peers> StartAsync(Topology topology, string directory, IReadOnlyCollection<string> rows, CancellationToken cancellation)
    {
        var peers = new Peers(topology);
        try
        {
            PeerCertificates.Write(directory);
            var templates = new PeerTemplates(directory, new Dictionary<string, string>
            {
                ["directory"] = directory,
                ["threads"] = Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["client_namespace"] = topology.Client,
                ["near_namespace"] = topology.Near,
                ["far_namespace"] = topology.Far,
                ["near"] = Topology.NearAddress,
                ["far"] = Topology.FarAddress,
                ["client_gateway"] = Topology.ClientGateway,
                ["node2"] = Topology.NodeTwoAddress,
            });
            peers.StartServers(templates);
            foreach (var row in rows)
            {
                peers.Add(row, templates);
            }

            await peers.WaitAsync(cancellation);
            return peers;
        }
        catch
        {
            await peers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
        }
    }

    private void StartServers(PeerTemplates templates)
    {
        var server = templates.Write("server.conf");
        foreach (var pod in new[] { _topology.Near, _topology.Far })
        {
            Run($"server in {pod}", Topology.In(pod, "nginx", "-e", "stderr", "-c", server, "-g", $"pid {templates.Directory}/{pod}.pid;"));
            Run($"iperf3 in {pod}", Topology.In(pod, "iperf3", "-s"));
        }
    }

    private void Add(string row, PeerTemplates templates)
    {
        switch (row)
        {
            case RowNames.Direct:
                AddRow(row, new Endpoint(Topology.NearAddress, 8080, 5201));
                break;
            case RowNames.DirectTwoNodes:
                AddRow(row, new Endpoint(Topology.FarAddress, 8080, 5201));
                break;
            case RowNames.Haproxy:
                AddRow(row, new Endpoint("127.0.0.1", 15080, 15201), Haproxy(_topology.NodeOne, "haproxy.cfg"));
                break;
            case RowNames.HaproxyTls:
                AddRow(row, new Endpoint("127.0.0.1", 16080, 16201), Haproxy(_topology.NodeOne, "haproxy-mtls-client.cfg"), Haproxy(_topology.NodeTwo, "haproxy-mtls-server.cfg"));
                break;
            case RowNames.Nginx:
                AddRow(row, new Endpoint(Topology.ClientGateway, 17080, 17201), Nginx(_topology.NodeOne, "nginx.conf"));
                break;
            case RowNames.NginxTls:
                AddRow(row, new Endpoint(Topology.ClientGateway, 18080, 18201), Nginx(_topology.NodeOne, "nginx-mtls-client.conf"), Nginx(_topology.NodeTwo, "nginx-mtls-server.conf"));
                break;
            case RowNames.HaproxyRequests:
                AddRow(row, new Endpoint("127.0.0.1", 15880, 0), Haproxy(_topology.NodeOne, "haproxy-l7.cfg"));
                break;
            case RowNames.HaproxyRequestsTls:
                AddRow(row, new Endpoint("127.0.0.1", 16880, 0), Haproxy(_topology.NodeOne, "haproxy-l7-mtls-client.cfg"), Haproxy(_topology.NodeTwo, "haproxy-l7-mtls-server.cfg"));
                break;
            case RowNames.NginxRequests:
                AddRow(row, new Endpoint(Topology.ClientGateway, 17880, 0, 17881), Nginx(_topology.NodeOne, "nginx-l7.conf"));
                break;
            case RowNames.NginxRequestsTls:
                AddRow(row, new Endpoint(Topology.ClientGateway, 18880, 0, 18881), Nginx(_topology.NodeOne, "nginx-l7-mtls-client.conf"), Nginx(_topology.NodeTwo, "nginx-l7-mtls-server.conf"));
                break;
        }

        BackgroundProgram Haproxy(string node, string template) =>
            Run($"{row} in {node}", Topology.In(node, "haproxy", "-db", "-f", templates.Write(template)));

        BackgroundProgram Nginx(string node, string template) =>
            Run($"{row} in {node}", Topology.In(node, "nginx", "-e", "stderr", "-c", templates.Write(template)));
    }

    private void AddRow(string name, Endpoint endpoint, params BackgroundProgram[] proxies) =>
        Rows.Add(new Row(
            name,
            endpoint,
            command => Topology.In(_topology.Client, command),
            () => [.. proxies.Select(proxy => (IReadOnlyList<int>)[.. proxy.ProcessIds])]));

    private BackgroundProgram Run(string name, IReadOnlyList<string> command)
    {
        var program = BackgroundProgram.Start(name, command);
        _programs.Add(program);
        return program;
    }

    /// <summary>Every row answers a request.</summary>
    private async Task WaitAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var row in Rows)
            {
                await Answers.WaitForAsync(row, cancellation);
            }
        }
        catch (CompareException)
        {
            // A program that ended says more of why than a row that does not answer.
            _programs.ForEach(program => program.ThrowIfEnded());
            throw;
        }
    }
}
