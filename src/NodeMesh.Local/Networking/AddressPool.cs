using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Local.Networking;

/// <summary>Numbers that are given out once: a pod's or a service's addresses. The lowest free one is next, so that an address is reused as soon as it is free.</summary>
/// <param name="first">The first number.</param>
/// <param name="last">The last number.</param>
internal sealed class AddressPool(int first, int last)
{
    private readonly Lock _gate = new();
    private readonly SortedSet<int> _used = [];

    /// <summary>Takes the lowest free number.</summary>
    /// <returns>The number, or null when all are taken.</returns>
    public int? Take()
    {
        lock (_gate)
        {
            for (var number = first; number <= last; number++)
            {
                if (_used.Add(number))
                {
                    return number;
                }
            }

            return null;
        }
    }

    /// <summary>Takes a certain number.</summary>
    /// <param name="number">The number.</param>
    /// <returns>False when it is taken.</returns>
    public bool TryTake(int number)
    {
        lock (_gate)
        {
            return _used.Add(number);
        }
    }

    /// <summary>Gives a number back.</summary>
    /// <param name="number">The number.</param>
    public void Release(int number)
    {
        lock (_gate)
        {
            _used.Remove(number);
        }
    }

    /// <summary>True when the address is of IPv4.</summary>
    /// <param name="address">The address.</param>
    public static bool IsV4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;
}
