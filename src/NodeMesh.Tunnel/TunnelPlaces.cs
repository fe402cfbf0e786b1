using System.Net;
using NodeMesh.Identity;
using NodeMesh.Linux.Events;

namespace NodeMesh.Tunnel;

/// <summary>
/// Which event loop each tunnel that we serve lives on. A client has one tunnel per loop of its own, so that its connections spread over its processors:
/// here too they are to lie on different ones.
/// </summary>
internal sealed class TunnelPlaces
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Peer, IPAddress Node), int[]> _peers = [];
    private readonly int[] _all = new int[EventLoop.All.Count];

    /// <summary>Chooses the loop that has fewest tunnels of this peer, and of those the one that has fewest of all; counts the tunnel there.</summary>
    /// <param name="peer">The peer's certificate.</param>
    /// <param name="node">Where it comes from.</param>
    /// <returns>The loop's number; followed by <see cref="Leave"/>.</returns>
    public int Take(PeerCertificate peer, IPAddress node)
    {
        lock (_gate)
        {
            var key = Key(peer, node);
            if (!_peers.TryGetValue(key, out var own))
            {
                _peers[key] = own = new int[_all.Length];
            }

            var best = 0;
            for (var i = 1; i < own.Length; i++)
            {
                if ((own[i], _all[i]).CompareTo((own[best], _all[best])) < 0)
                {
                    best = i;
                }
            }

            own[best]++;
            _all[best]++;
            return best;
        }
    }

    /// <summary>Counts a tunnel out.</summary>
    /// <param name="peer">The peer's certificate.</param>
    /// <param name="node">Where it came from.</param>
    /// <param name="place">What <see cref="Take"/> returned.</param>
    public void Leave(PeerCertificate peer, IPAddress node, int place)
    {
        lock (_gate)
        {
            _all[place]--;
            var key = Key(peer, node);
            if (_peers.TryGetValue(key, out var own) && --own[place] == 0 && Array.TrueForAll(own, static n => n == 0))
            {
                _peers.Remove(key);
            }
        }
    }

    private static (string Peer, IPAddress Node) Key(PeerCertificate peer, IPAddress node) => (peer.Identity?.ToString() ?? "", node);
}
