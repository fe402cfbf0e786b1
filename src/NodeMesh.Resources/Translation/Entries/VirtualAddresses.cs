using System.Globalization;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Model.Balancing;

namespace NodeMesh.Resources.Translation.Entries;

/// <summary>
/// Gives addresses to hosts that have none, of 240.240.0.0/16 and 2001:2::/48, as Istio does. An address follows from the host's name alone, unless another
/// host has it already: so it is the same after every restart and at every replica, without anybody keeping it.
/// </summary>
internal sealed class VirtualAddresses
{
    /// <summary>The last two bytes; the first and the last address of the network are left out.</summary>
    private const int Count = 0xfffe;

    private readonly HashSet<int> _taken = [];

    /// <summary>Keeps an address that somebody chose.</summary>
    /// <param name="address">The address; of another network it does not matter.</param>
    public void Reserve(IPAddress address)
    {
        if (address.GetAddressBytes() is [240, 240, var high, var low])
        {
            _taken.Add((high << 8) | low);
        }
    }

    /// <summary>Gives a host an address. Of two hosts whose names lead to one address, who asks first gets it.</summary>
    /// <param name="key">Namespace and host.</param>
    /// <param name="hasIpv6">True where there is IPv6 in the mesh, too.</param>
    /// <returns>The addresses; none when all are taken.</returns>
    public IEnumerable<IPAddress> Assign(NamespacedName key, bool hasIpv6)
    {
        if (_taken.Count >= Count)
        {
            yield break;
        }

        var number = (int)(StableHash.Of(key.ToString()) % Count) + 1;
        while (!_taken.Add(number))
        {
            number = (number % Count) + 1;
        }

        yield return new IPAddress([240, 240, (byte)(number >> 8), (byte)number]);
        if (hasIpv6)
        {
            yield return IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"2001:2::f0f0:{number:x}"));
        }
    }
}
