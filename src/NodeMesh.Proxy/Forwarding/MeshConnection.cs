using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Transport;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Outbound;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>What the steps of the pipeline pass on: a feature of the accepted connection.</summary>
/// <param name="pod">The pod that the connection belongs to.</param>
/// <param name="record">Its record.</param>
internal sealed class MeshConnection(PodRuntime pod, ConnectionRecord record)
{
    /// <summary>The pod.</summary>
    public PodRuntime Pod { get; } = pod;

    /// <summary>The record of the pod's own end.</summary>
    public ConnectionRecord Record { get; } = record;

    /// <summary>The record of the other end, where the other end is a pod of this node; else null.</summary>
    public ConnectionRecord? PeerRecord { get; set; }

    /// <summary>What its first bytes say of TLS, where somebody needed to know.</summary>
    public TlsHello Hello { get; set; }

    /// <summary>Counts the connection at its endpoint for load balancing; null where none was chosen.</summary>
    public IDisposable? Lease { get; set; }

    /// <summary>TCP keep-alive towards the server, where a policy says it; else null.</summary>
    public TcpKeepalive? Keepalive { get; set; }

    /// <summary>How long it may be silent, where a policy says it; zero for ever.</summary>
    public TimeSpan? IdleLimit { get; set; }

    /// <summary>How long it may live; null for ever.</summary>
    public TimeSpan? DurationLimit { get; set; }

    /// <summary>The accepted socket, where its first bytes may leave with the request for a way onwards; null where somebody has to look at them.</summary>
    public SocketConnection? Opening { get; set; }

    /// <summary>The connection onwards; null before there is one.</summary>
    public ConnectionContext? Upstream { get; set; }

    /// <summary>The event loop that the client's connection lives on; null where nobody knows.</summary>
    public EventLoop? Loop { get; set; }

    /// <summary>Told the end, where somebody beside the pipeline must know; null where nobody must.</summary>
    public Action<ConnectionEndReason, string?>? OnEnded { get; set; }

    /// <summary>Why the connection ended; <see cref="ConnectionEndReason.None"/> before that.</summary>
    public ConnectionEndReason Reason { get; private set; }

    /// <summary>One line of detail; null when there is none.</summary>
    public string? Error { get; private set; }

    /// <summary>Ends the connection. The first end stays.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="error">One line of detail.</param>
    public void End(ConnectionEndReason reason, string? error)
    {
        if (Reason == ConnectionEndReason.None)
        {
            Reason = reason;
            Error = error;
        }
    }
}
