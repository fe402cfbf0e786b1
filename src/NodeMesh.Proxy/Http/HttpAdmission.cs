using System.Net;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Events;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Http.Engine;
using NodeMesh.Proxy.Http.Sniffing;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tracing;

namespace NodeMesh.Proxy.Http;

/// <summary>
/// The step of captured connections that finds out whether some policy needs to see requests, and whether the client speaks HTTP. All others go on as they
/// came, without a byte less.
/// </summary>
/// <param name="state">The model.</param>
/// <param name="engine">Serves HTTP.</param>
/// <param name="registry">The live connections.</param>
/// <param name="legs">Joins clients with the proxy past TCP.</param>
/// <param name="limits">The limits.</param>
/// <param name="traces">Whether spans are made where Telemetries ask for them.</param>
/// <param name="logs">Whether access lines are written where Telemetries ask for them.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpAdmission(MeshState state, HttpEngine engine, ConnectionRegistry registry, RequestLegs legs, ProxyLimits limits, bool traces, bool logs, TimeProvider time)
{
    /// <summary>Runs the step.</summary>
    /// <param name="connection">The connection, admitted.</param>
    /// <param name="next">The rest of the pipeline of connections.</param>
    /// <returns>When the connection has ended.</returns>
    public async Task InvokeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var mesh = connection.Features.Get<MeshConnection>() ?? throw new InvalidOperationException("no MeshConnection feature");
        if (!state.IsSynced)
        {
            // What is not known yet must not pass by its routes. The next step refuses when it is not known in time.
            await state.WaitAsync(_ => state.IsSynced, limits.SyncTimeout, connection.ConnectionClosed);
        }

        if (Need(mesh) is not { } need)
        {
            await next(connection);
            return;
        }

        try
        {
            var protocol = await DetectAsync(connection, need == RequestNeed.Declared);
            if (protocol is WireProtocol.Http1 or WireProtocol.Http2)
            {
                await ServeAsync(connection, mesh, protocol);
                return;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            mesh.End(ConnectionEndReason.ClientReset, e.Message);
            return;
        }

        await next(connection);
    }

    private RequestNeed? Need(MeshConnection mesh)
    {
        var model = state.Current;
        var (ns, destination) = (mesh.Pod.Pod.Namespace, mesh.Record.Destination);
        if (OutboundRouting.FindService(model, destination.Address, mesh.Pod.FindView(model)) is not { } service)
        {
            return NeedsHost(model, destination) ? RequestNeed.Sniffed : null;
        }

        var protocol = service.FindPort(destination.Port)?.Protocol ?? AppProtocol.Unknown;
        if (protocol is AppProtocol.Tcp or AppProtocol.Tls)
        {
            return null;
        }

        if (protocol != AppProtocol.Unknown && mesh.Pod.FindWorkload(model) is { } client && IsToldOf(client))
        {
            return RequestNeed.Declared;
        }

        if (model.FindRoutes(service.Key) is not { } tables)
        {
            return null;
        }

        var routes = tables.For(ns, destination.Port);
        var settings = model.FindTrafficPolicy(service.Key, ns)?.For(destination.Port, "");
        if (routes.SeesRequests || !tables.Routes.RateLimits.IsEmpty || settings?.Resilience is { SeesRequests: true })
        {
            return protocol != AppProtocol.Unknown || routes.HasAttachedRoutes ? RequestNeed.Declared : RequestNeed.Sniffed;
        }

        // Without routes, what else is said of endpoints is about requests only where the port says that it carries some.
        return protocol != AppProtocol.Unknown && settings is { ConcernsRequests: true } ? RequestNeed.Declared : null;
    }

    /// <summary>Of requests alone there are spans, and access lines by their status.</summary>
    private bool IsToldOf(Workload client) => (traces && RequestTracer.Needs(client.Tracing)) || (logs && client.AccessLog is { Client.NeedsRequests: true });

    /// <summary>An address that is no service's: outside the mesh, where rules and ServiceEntries may go by the host of requests; or an endpoint of a headless service.</summary>
    private static bool NeedsHost(MeshModel model, IPEndPoint destination)
    {
        if (model.FindWorkload(destination.Address) is not { } workload)
        {
            return OutboundNames.NeedsHost(model, destination.Port);
        }

        foreach (var binding in workload.Services)
        {
            if (model.FindService(binding.Service) is { Addresses.IsEmpty: true } headless && model.FindRoutes(headless.Key) is not null && model.IsRequestPort(destination.Port))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<WireProtocol> DetectAsync(ConnectionContext connection, bool isDeclared)
    {
        var input = connection.Transport.Input;

        // A server that speaks first is waited for by its client, which sends nothing meanwhile.
        await using var timer = isDeclared ? null : time.CreateTimer(_ => input.CancelPendingRead(), null, limits.ProtocolDetectionTimeout, Timeout.InfiniteTimeSpan);
        while (true)
        {
            var read = await input.ReadAsync(connection.ConnectionClosed);
            var protocol = read.IsCanceled ? WireProtocol.Opaque : ProtocolSniffer.Detect(read.Buffer, isDeclared);
            if (protocol == WireProtocol.Unknown && read.IsCompleted)
            {
                protocol = WireProtocol.Opaque;
            }

            if (protocol != WireProtocol.Unknown)
            {
                // Nothing is consumed: whoever reads next gets it all.
                input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
                return protocol;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private async Task ServeAsync(ConnectionContext connection, MeshConnection mesh, WireProtocol protocol)
    {
        mesh.Record.CarriesRequests = true;

        // What is done for a connection begins in its loop, until the engine takes it over.
        mesh.Loop = EventLoop.Current;
        mesh.Record.SourceIdentity = mesh.Pod.Identity;
        mesh.Record.SourceWorkload = mesh.Pod.FindWorkload(state.Current);
        registry.Opened(mesh.Record);
        legs.JoinClient(connection, mesh, error =>
        {
            mesh.End(ConnectionEndReason.InternalError, error);
            connection.Abort(new ConnectionAbortedException(error));
        });
        try
        {
            await engine.ServeAsync(connection, mesh, protocol, connection.ConnectionClosed);
            if (mesh.Reason == ConnectionEndReason.None)
            {
                await connection.Transport.Output.CompleteAsync();
                mesh.End(ConnectionEndReason.Completed, null);
            }
        }
        finally
        {
            legs.End(mesh);
        }
    }

    private enum RequestNeed
    {
        Sniffed,
        Declared,
    }
}
