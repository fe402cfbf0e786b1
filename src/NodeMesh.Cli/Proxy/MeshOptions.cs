using System.CommandLine;
using NodeMesh.Cli.Cluster;
using NodeMesh.Local.Layout;

namespace NodeMesh.Cli.Proxy;

/// <summary>
/// The options that say which mesh is asked. Without any it is the cluster of <c>KUBECONFIG</c> where that is set, else a local mesh that is up, else the cluster of the user's default
/// kubeconfig; where there was a choice, standard error says which it was.
/// </summary>
internal sealed class MeshOptions
{
    private readonly Option<string> _local = new("--local", "--mesh") { Description = "A local mesh (nodemesh local), by name." };
    private readonly ClusterOptions _cluster;

    /// <summary>Makes the options.</summary>
    /// <param name="isOfMeshAlone">The command is about the mesh's own parts and no other namespace.</param>
    public MeshOptions(bool isOfMeshAlone = false) => _cluster = new ClusterOptions(isOfMeshAlone);

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Add(_local);
        _cluster.AddTo(command);
    }

    /// <summary>Finds the mesh.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The way to it.</returns>
    /// <exception cref="ProxyQueryException">There is no mesh.</exception>
    public async Task<IMeshAccess> OpenAsync(ParseResult result, CancellationToken ct)
    {
        if (result.GetValue(_local) is { } name)
        {
            return _cluster.AreGiven(result)
                ? throw new ProxyQueryException("--local names a local mesh, and --kubeconfig or --context a cluster: give one of them")
                : new MeshHttpClient(LocalMesh.Find(name));
        }

        if (_cluster.AreGiven(result))
        {
            return await OpenClusterAsync(result, ct);
        }

        var (localIsUp, named) = (LocalMesh.AnyIsUp(), Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 });
        var mesh = named || !localIsUp ? await OpenClusterAsync(result, ct) : new MeshHttpClient(LocalMesh.Find(null));
        if (localIsUp && ClusterOptions.HasDefault())
        {
            await result.InvocationConfiguration.Error.WriteLineAsync(
                $"asking {mesh.Title}{(named ? ", which KUBECONFIG names; --local NAME asks a local mesh" : "; --kubeconfig or --context asks a cluster")}");
        }

        return mesh;
    }

    private async Task<IMeshAccess> OpenClusterAsync(ParseResult result, CancellationToken ct)
    {
        if (!_cluster.AreGiven(result) && !ClusterOptions.HasDefault())
        {
            throw new ProxyQueryException($"no mesh is up on this machine, and there is no kubeconfig: start one with 'nodemesh local up -f MANIFESTS' (state is in {MeshLayout.DefaultRoot}), or name a cluster with --kubeconfig");
        }

        var client = _cluster.Connect(result);
        try
        {
            return await ClusterMesh.FindAsync(client, _cluster.Namespace(result), ct);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
