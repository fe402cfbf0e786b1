using System.Collections.Immutable;
using System.Net;
using NodeMesh.Capture;
using NodeMesh.Model;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Pods;

/// <summary>An enrolled pod of this node, with what the proxy runs for it.</summary>
internal sealed class PodRuntime
{
    private int _connections;
    private volatile PodState _state;

    /// <summary>Makes the runtime of a pod that is not captured yet.</summary>
    /// <param name="pod">The enrolment.</param>
    /// <param name="trustDomain">The trust domain of its identity.</param>
    /// <exception cref="ArgumentException">The enrolment's namespace or service account cannot be part of an identity.</exception>
    /// <exception cref="FormatException">An address is malformed.</exception>
    public PodRuntime(PodEnrollment pod, string trustDomain)
    {
        Pod = pod;
        Addresses = pod.ParseAddresses();
        Identity = new SpiffeId(trustDomain, pod.Namespace, pod.ServiceAccount);
        Principal = Identity.Principal;
        IdentityText = Identity.ToString();
    }

    /// <summary>The enrolment.</summary>
    public PodEnrollment Pod { get; }

    /// <summary>The pod's addresses.</summary>
    public ImmutableArray<IPAddress> Addresses { get; }

    /// <summary>The pod's identity, from its enrolment: never from discovery.</summary>
    public SpiffeId Identity { get; }

    /// <summary>The identity without its scheme, made once: rate limits compare it for each request.</summary>
    public string Principal { get; }

    /// <summary>The identity as a SPIFFE ID, made once: each connection of a shared tunnel names the one that it means.</summary>
    public string IdentityText { get; }

    /// <summary>Where the pod stands.</summary>
    public PodState State => _state;

    /// <summary>Why the last capture failed; null when it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>The pod's sockets; null until it is captured.</summary>
    public ICapturedPod? Captured { get; internal set; }

    /// <summary>Tunnels from this pod to plain ambient peers, dialled from its own namespace; null until it is captured.</summary>
    public TunnelPool? PeerTunnels { get; internal set; }

    /// <summary>Connections open for the pod, both directions.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Which services exist for the pod.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The view.</returns>
    public ClientView FindView(MeshModel model) => new(Pod.Namespace, FindWorkload(model)?.Egress);

    /// <summary>Finds the pod's own workload.</summary>
    /// <param name="model">The model to look in.</param>
    /// <returns>
    /// The workload with the pod's name, identity and one of its addresses; null while discovery does not know it. Another identity means that discovery
    /// still speaks of a predecessor: its policies are not this pod's.
    /// </returns>
    public Workload? FindWorkload(MeshModel model)
    {
        foreach (var address in Addresses)
        {
            if (model.FindPod(new NamespacedName(Pod.Namespace, Pod.Name), address) is { } workload && workload.Identity == Identity)
            {
                return workload;
            }
        }

        return null;
    }

    /// <summary>Moves to another state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="error">Why capture failed; null when it did not.</param>
    internal void MoveTo(PodState state, string? error = null)
    {
        Error = error;
        _state = state;
    }

    /// <summary>Counts a connection in.</summary>
    /// <param name="limit">The pod's quota.</param>
    /// <returns>False when the quota is used up; nothing was counted then.</returns>
    internal bool TryEnter(int limit)
    {
        if (Interlocked.Increment(ref _connections) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _connections);
        return false;
    }

    /// <summary>Counts a connection out.</summary>
    internal void Exit() => Interlocked.Decrement(ref _connections);
}
