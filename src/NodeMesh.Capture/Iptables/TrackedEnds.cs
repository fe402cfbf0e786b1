using System.Net;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Netlink;

namespace NodeMesh.Capture.Iptables;

/// <summary>
/// What redirection does to names. All redirected connections of a pod are to one address and port, so that two of them must not have one client port: the
/// kernel gives the later one another, as long as it remembers the earlier (120 s after its end). The application's socket still has its own.
/// </summary>
/// <param name="tracking">Connection tracking of the pod's namespace.</param>
internal sealed class TrackedEnds(ConnectionTracking tracking) : IApplicationEnds
{
    /// <inheritdoc/>
    public (IPEndPoint Local, IPEndPoint Remote)? Find(IPEndPoint own, IPEndPoint application, bool isDelivery) =>
        tracking.FindOtherEnd(own, application, isDelivery ? CaptureRules.DeliveryZone : 0);
}
