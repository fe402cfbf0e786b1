using System.Net;

namespace NodeMesh.Dns.Tests;

/// <summary>Hosts in a dictionary.</summary>
internal sealed class FakeZone : IDnsZone
{
    public Dictionary<string, DnsHost> Hosts { get; } = new(StringComparer.Ordinal);

    public DnsHost? Find(string name, DnsClient client) => Hosts.GetValueOrDefault(name);

    public string? FindName(IPAddress address, DnsClient client) => Hosts.FirstOrDefault(h => h.Value.Addresses.Contains(address)).Key;

    public FakeZone With(string name, params string[] addresses)
    {
        Hosts[name] = new DnsHost { Addresses = [.. addresses.Select(IPAddress.Parse)] };
        return this;
    }
}
