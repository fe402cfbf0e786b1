using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>The other end, as a <see cref="NetworkRule"/> describes it.</summary>
public abstract record NetworkPeer
{
    private NetworkPeer()
    {
    }

    /// <summary>The workloads of a group.</summary>
    /// <param name="Name">The group, as in <see cref="Workload.NetworkGroups"/>: one selector of pods and namespaces, evaluated by the control plane.</param>
    public sealed record Group(string Name) : NetworkPeer
    {
        /// <inheritdoc/>
        public override string ToString() => $"group {Name}";
    }

    /// <summary>The addresses of a network.</summary>
    /// <param name="Network">The network.</param>
    /// <param name="Except">Parts of it that do not count.</param>
    public sealed record Block(IPNetwork Network, ImmutableArray<IPNetwork> Except) : NetworkPeer
    {
        /// <inheritdoc/>
        public override string ToString() => Except.IsEmpty ? $"{Network}" : $"{Network} except {string.Join(", ", Except)}";

        /// <summary>Says whether an address is meant.</summary>
        /// <param name="address">The address, not IPv4-mapped.</param>
        /// <returns>True when it is in the network and in none of the exceptions.</returns>
        public bool Contains(IPAddress address)
        {
            if (!Network.Contains(address))
            {
                return false;
            }

            foreach (var except in Except)
            {
                if (except.Contains(address))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
