using Microsoft.AspNetCore.Connections;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Http.Sniffing;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Outbound;

/// <summary>The step that reads the server name of TLS connections where some rule goes by it. All others go on at once, and none loses a byte.</summary>
/// <param name="state">The model.</param>
/// <param name="limits">The limits.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerNameStep(MeshState state, ProxyLimits limits, TimeProvider time)
{
    /// <summary>Runs the step.</summary>
    /// <param name="connection">The connection, admitted.</param>
    /// <param name="next">The rest of the pipeline.</param>
    /// <returns>When the connection has ended.</returns>
    public async Task InvokeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var mesh = connection.Features.Get<MeshConnection>() ?? throw new InvalidOperationException("no MeshConnection feature");
        if (FindProtocol(mesh) is { } protocol)
        {
            try
            {
                mesh.Hello = await ReadAsync(connection, protocol == AppProtocol.Tls);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                mesh.End(ConnectionEndReason.ClientReset, e.Message);
                return;
            }
        }

        await next(connection);
    }

    /// <summary>What the port is said to carry, where the server name matters.</summary>
    private AppProtocol? FindProtocol(MeshConnection mesh)
    {
        var model = state.Current;
        var (view, destination) = (mesh.Pod.FindView(model), mesh.Record.Destination);
        if (OutboundRouting.FindService(model, destination.Address, view) is { } service)
        {
            return service.FindPort(destination.Port) is { Protocol: AppProtocol.Tls or AppProtocol.Unknown } port
                && (model.FindRoutes(service.Key) is { HasTlsRules: true } || (!service.Canonical && model.FindServices(destination.Address).Length > 1))
                    ? port.Protocol
                    : null;
        }

        return OutboundNames.NeedsServerName(model, destination.Port) && model.FindWorkload(destination.Address) is null ? AppProtocol.Unknown : null;
    }

    private async Task<TlsHello> ReadAsync(ConnectionContext connection, bool isDeclared)
    {
        var input = connection.Transport.Input;

        // A server that speaks first is waited for by its client, which sends nothing meanwhile.
        await using var timer = isDeclared ? null : time.CreateTimer(_ => input.CancelPendingRead(), null, limits.ProtocolDetectionTimeout, Timeout.InfiniteTimeSpan);
        while (true)
        {
            var read = await input.ReadAsync(connection.ConnectionClosed);
            var isWhole = ClientHelloReader.TryRead(read.Buffer, out var hello);
            if (isWhole || read.IsCanceled || read.IsCompleted)
            {
                // Nothing is consumed: whoever reads next gets it all.
                input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
                return hello;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
