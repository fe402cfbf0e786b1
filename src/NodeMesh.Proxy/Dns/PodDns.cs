using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using NodeMesh.Capture;
using NodeMesh.Dns;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Dns;

/// <summary>Answers the captured DNS of pods: names of the mesh from the model, all else from upstream, asked from the pod's own namespace so that its network policies hold.</summary>
internal sealed class PodDns
{
    private readonly DnsResolver _resolver;
    private readonly ImmutableArray<IPEndPoint> _upstream;
    private readonly IDnsObserver _observer;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _log;

    /// <summary>Makes the service for all pods of the node.</summary>
    /// <param name="model">The current model.</param>
    /// <param name="clusterDomain">The cluster's domain.</param>
    /// <param name="upstream">The name servers for what the mesh does not know.</param>
    /// <param name="observer">Counts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    public PodDns(Func<MeshModel> model, string clusterDomain, ImmutableArray<IPEndPoint> upstream, IDnsObserver observer, TimeProvider time, ILoggerFactory log)
    {
        _resolver = new DnsResolver(new MeshZone(model), new DnsResolverOptions { ClusterDomain = clusterDomain });
        _upstream = upstream;
        _observer = observer;
        _time = time;
        _log = log;
    }

    /// <summary>Serves a pod's captured DNS until disposed.</summary>
    /// <param name="pod">The captured pod; its sockets stay its own.</param>
    /// <returns>What stops it.</returns>
    public IAsyncDisposable Start(ICapturedPod pod)
    {
        var client = new DnsClient(pod.Pod.Namespace);
        var forwarder = new DnsForwarder(
            _upstream,
            async (family, transport, ct) => transport == DnsTransport.Udp ? await pod.CreateDatagramSocketAsync(family, ct) : await pod.CreateSocketAsync(family, ct),
            new DnsForwarderOptions(),
            _time);
        var service = new DnsService(_resolver, forwarder, _ => client, _observer);
        var server = new DnsServer(service.HandleAsync, new DnsServerOptions(), _time, _log);
        return new Running(server, pod);
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _loops;

        public Running(DnsServer server, ICapturedPod pod)
        {
            var ct = _stop.Token;
            _loops = Task.WhenAll([Task.Run(() => server.ServeTcpAsync(pod.DnsTcp, ct)), .. pod.DnsUdp.Select(s => Task.Run(() => server.ServeUdpAsync(s, ct)))]);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _loops;
            _stop.Dispose();
        }
    }
}
