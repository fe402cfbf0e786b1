using Microsoft.AspNetCore.Connections;
using NodeMesh.Model;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Outbound;

/// <summary>The second step: waits until discovery is synced, decides where the connection goes, and connects, with one more try on another endpoint.</summary>
/// <param name="state">The model.</param>
/// <param name="connector">Carries decisions out.</param>
/// <param name="open">Open connections of each endpoint.</param>
/// <param name="configuration">The proxy's configuration.</param>
/// <param name="random">The source of chance; safe for many threads.</param>
/// <param name="observer">Counts retries; null for nobody.</param>
internal sealed class OutboundEndpointChoice(MeshState state, OutboundConnector connector, OpenConnections open, ProxyConfiguration configuration, Random random, IPipelineObserver? observer)
{
    private readonly Func<Workload, int> _load = open.Of;

    /// <summary>Runs the step.</summary>
    /// <param name="connection">The connection, admitted.</param>
    /// <param name="next">The rest of the pipeline; not called when there is no way onwards.</param>
    /// <returns>When the connection has ended.</returns>
    public async Task InvokeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var mesh = connection.Features.Get<MeshConnection>() ?? throw new InvalidOperationException("no MeshConnection feature");

        // An empty model would send everything out in the clear.
        if (!await state.WaitAsync(_ => state.IsSynced, configuration.Limits.SyncTimeout, connection.ConnectionClosed))
        {
            mesh.End(ConnectionEndReason.PolicyNotSynced, $"discovery has not synced within {configuration.Limits.SyncTimeout.TotalSeconds:0} s");
            return;
        }

        var attempt = await TryAsync(mesh, connection.ConnectionClosed);
        if (attempt.Upstream is null)
        {
            mesh.End(attempt.Reason, attempt.Error);
            return;
        }

        mesh.Upstream = attempt.Upstream;
        await next(connection);
    }

    private async ValueTask<ConnectAttempt> TryAsync(MeshConnection mesh, CancellationToken cancellationToken)
    {
        var model = state.Current;
        var source = mesh.Pod.FindWorkload(model);
        mesh.Record.SourceWorkload = source;
        var request = new OutboundRequest(mesh.Record.Destination, Placement(mesh.Pod, source, model), configuration.TrustDomain, configuration.NodeAddresses, configuration.RegistryOnly);
        var decision = OutboundRouting.Decide(model, request, _load, null, random);
        var first = await AttemptAsync(mesh, decision, cancellationToken);
        if (!first.MayRetry || decision.Service is null || decision.Workload is null)
        {
            return first;
        }

        var another = OutboundRouting.Decide(state.Current, request, _load, new HashSet<string>(StringComparer.Ordinal) { decision.Workload.Uid }, random);
        if (another.Route == OutboundRoute.Refuse)
        {
            return first;
        }

        observer?.ConnectRetried();
        return await AttemptAsync(mesh, another, cancellationToken);
    }

    private async ValueTask<ConnectAttempt> AttemptAsync(MeshConnection mesh, OutboundDecision decision, CancellationToken cancellationToken)
    {
        // Counted from the choice on: connections that are being made are load as well.
        mesh.Lease?.Dispose();
        mesh.Lease = decision is { Service: not null, Workload: { } workload, Route: not OutboundRoute.Refuse } ? open.Enter(workload) : null;
        return await connector.ConnectAsync(mesh, decision, cancellationToken);
    }

    private ClientPlacement Placement(PodRuntime pod, Workload? source, MeshModel model) => source is not null
        ? ClientPlacement.Of(source) with { Node = configuration.Node }
        : new ClientPlacement(pod.Pod.Namespace, configuration.Node, model.FindNode(configuration.Node)?.Locality ?? Locality.Unknown, configuration.ClusterId, "");
}
