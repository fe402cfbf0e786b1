using Microsoft.AspNetCore.Connections;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Inbound;

/// <summary>The outcome of a <see cref="DeliveryRequest"/>.</summary>
/// <param name="Record">The connection's record; the receiver must close it.</param>
/// <param name="Application">The connection to the application; null when it was refused.</param>
/// <param name="Workload">The destination; null when discovery does not know it.</param>
/// <param name="Reason">Why it was refused; <see cref="ConnectionEndReason.None"/> when it was not.</param>
/// <param name="Error">One line of detail for a refusal.</param>
internal sealed record Delivery(ConnectionRecord Record, ConnectionContext? Application, Workload? Workload, ConnectionEndReason Reason, string? Error)
{
    /// <summary>The status of a CONNECT request that ended so.</summary>
    public int Status => Reason switch
    {
        ConnectionEndReason.None => 200,
        ConnectionEndReason.PolicyDenied or ConnectionEndReason.PolicyDeniedLate => 401,
        _ => 503,
    };
}
