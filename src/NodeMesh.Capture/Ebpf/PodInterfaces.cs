using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Capture.Ebpf;

/// <summary>A pod's devices and addresses, as <c>ip</c> shows them.</summary>
/// <param name="Addresses">Its addresses, those of loopback included.</param>
/// <param name="Devices">Numbers of its devices, by name.</param>
internal sealed record PodInterfaces(ImmutableArray<IPAddress> Addresses, ImmutableDictionary<string, uint> Devices)
{
    private const string Loopback = "lo";

    /// <summary>The device that link-local destinations are behind: the pod's first; 0 when it has none but loopback.</summary>
    internal uint DefaultDevice => Devices.Where(d => d.Key != Loopback).Select(d => d.Value).DefaultIfEmpty().Min();

    /// <summary>The pod's one device beside loopback; 0 when it has none or several.</summary>
    internal uint OnlyDevice => Devices.Count(d => d.Key != Loopback) == 1 ? DefaultDevice : 0;

    /// <summary>The devices that a name or pattern means, of those that are there: a '+' at the end stands for anything, as iptables has it.</summary>
    /// <param name="name">The name or pattern.</param>
    internal IEnumerable<uint> Matching(string name) => name.EndsWith('+')
        ? Devices.Where(d => d.Key != Loopback && d.Key.StartsWith(name[..^1], StringComparison.Ordinal)).Select(d => d.Value)
        : Devices.TryGetValue(name, out var index) ? [index] : [];

    /// <summary>Reads <c>ip -o link</c> and <c>ip -o address</c>, in any order: <c>2: eth0@if5: …</c> and <c>2: eth0    inet 10.0.0.1/24 …</c>.</summary>
    /// <param name="text">The output.</param>
    internal static PodInterfaces Parse(string text)
    {
        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        var devices = ImmutableDictionary.CreateBuilder<string, uint>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3 || !uint.TryParse(words[0].TrimEnd(':'), CultureInfo.InvariantCulture, out var index))
            {
                continue;
            }

            devices[words[1].TrimEnd(':').Split('@')[0]] = index;
            if (words is [_, _, "inet" or "inet6", var address, ..] && IPAddress.TryParse(address.Split('/')[0], out var parsed))
            {
                addresses.Add(parsed);
            }
        }

        return new PodInterfaces(addresses.ToImmutable(), devices.ToImmutable());
    }

    /// <summary>The address that the pod's connections come from: the one it is enrolled with, or else the first that is not loopback's.</summary>
    /// <param name="enrolled">The pod's addresses as enrolled.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    internal IPAddress? Source(ImmutableArray<IPAddress> enrolled, AddressFamily family)
    {
        var own = Addresses.Where(a => a.AddressFamily == family && !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal).ToList();
        return enrolled.FirstOrDefault(own.Contains) ?? own.FirstOrDefault();
    }
}
