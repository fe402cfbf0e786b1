using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Transport;
using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Outbound;

/// <summary>The second step: waits until discovery is synced, decides where the connection goes, and connects, with one more try on another endpoint.</summary>
/// <param name="state">The model.</param>
/// <param name="connector">Carries decisions out.</param>
/// <param name="balancing">Decides.</param>
/// <param name="open">Open connections of each endpoint.</param>
/// <param name="configuration">The proxy's configuration.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Counts retries; null for nobody.</param>
internal sealed class OutboundEndpointChoice(
    MeshState state, OutboundConnector connector, OutboundBalancing balancing, OpenConnections open, ProxyConfiguration configuration, TimeProvider time, IPipelineObserver? observer)
{
    /// <summary>Runs the step.</summary>
    /// <param name="connection">The connection, admitted.</param>
    /// <param name="next">The rest of the pipeline; not called when there is no way onwards.</param>
    /// <returns>When the connection has ended.</returns>
    public async Task InvokeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var mesh = connection.Features.Get<MeshConnection>() ?? throw new InvalidOperationException("no MeshConnection feature");

        mesh.Opening = connection as SocketConnection;

        // Nothing can be cancelled before the two ends are joined: a reset of the client shows when it is read, and every step has its own time limit.
        // An empty model would send everything out in the clear.
        if (!state.IsSynced && !await state.WaitAsync(_ => state.IsSynced, configuration.Limits.SyncTimeout, CancellationToken.None))
        {
            mesh.End(ConnectionEndReason.PolicyNotSynced, $"discovery has not synced within {configuration.Limits.SyncTimeout.TotalSeconds:0} s");
            return;
        }

        var attempt = await TryAsync(mesh, CancellationToken.None);
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
        var client = mesh.Record.Source.Address;
        var chosen = balancing.Decide(model, request, source, client, null, mesh.Hello);
        var first = await AttemptAsync(mesh, chosen, cancellationToken);
        if (!first.MayRetry || chosen.Decision is not { Service: not null, Workload: { } failed })
        {
            return first;
        }

        var another = balancing.Decide(state.Current, request, source, client, new HashSet<string>(StringComparer.Ordinal) { failed.Uid }, mesh.Hello);
        if (another.Decision.Route == OutboundRoute.Refuse)
        {
            return first;
        }

        observer?.ConnectRetried();
        return await AttemptAsync(mesh, another, cancellationToken);
    }

    private async ValueTask<ConnectAttempt> AttemptAsync(MeshConnection mesh, BalancedDecision chosen, CancellationToken cancellationToken)
    {
        mesh.Lease?.Dispose();
        mesh.Lease = null;
        var decision = chosen.Decision;
        if (chosen is not { Cluster: { } cluster, Endpoint: { } endpoint })
        {
            // Counted from the choice on: connections that are being made are load as well.
            mesh.Lease = decision is { Service: not null, Workload: { } workload, Route: not OutboundRoute.Refuse } ? open.Enter(workload) : null;
            return await connector.ConnectAsync(mesh, decision, cancellationToken);
        }

        if (!cluster.Circuit.TryEnterConnection())
        {
            return ConnectAttempt.Failed(
                ConnectionEndReason.UpstreamOverflow, $"service {decision.Service?.Key} has {cluster.Settings.ConnectionPool?.MaxConnections} connections open, as many as its traffic policy allows");
        }

        endpoint.Enter();
        mesh.Lease = new UpstreamLease(cluster, endpoint);
        var pool = cluster.Settings.ConnectionPool;
        (mesh.Keepalive, mesh.IdleLimit) = (pool?.Keepalive, pool?.TcpIdleTimeout);
        mesh.DurationLimit = pool?.MaxConnectionDuration > TimeSpan.Zero ? pool.MaxConnectionDuration : null;
        var attempt = pool?.ConnectTimeout is { } limit
            ? await ConnectWithinAsync(mesh, decision, limit, cancellationToken)
            : await connector.ConnectAsync(mesh, decision, cancellationToken);
        if (attempt.Upstream is not null || attempt.MayRetry)
        {
            // What policy refuses is not the endpoint's fault.
            cluster.Report(endpoint, attempt.Upstream is null ? AttemptOutcome.Failed(AttemptFailure.Connect) : AttemptOutcome.Answered(200));
        }

        return attempt;
    }

    private async ValueTask<ConnectAttempt> ConnectWithinAsync(MeshConnection mesh, OutboundDecision decision, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await connector.ConnectAsync(mesh, decision, both.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return ConnectAttempt.Failed(ConnectionEndReason.ConnectFailed, $"no connection within {limit.TotalSeconds:0.###} s, the connectTimeout of the traffic policy");
        }
    }

    private ClientPlacement Placement(PodRuntime pod, Workload? source, MeshModel model) => source is not null
        ? ClientPlacement.Of(source) with { Node = configuration.Node }
        : new ClientPlacement(pod.Pod.Namespace, configuration.Node, model.FindNode(configuration.Node)?.Locality ?? Locality.Unknown, configuration.ClusterId, "");
}
