using System.Net;

namespace NodeMesh.Dns;

/// <summary>A resource record of class IN. What is not one of the kinds with a factory here is kept as raw data.</summary>
public sealed record DnsRecord
{
    private DnsRecord(string name, DnsRecordType type, uint timeToLive)
    {
        Name = name;
        Type = type;
        TimeToLive = timeToLive;
    }

    /// <summary>The owner's name.</summary>
    public string Name { get; }

    /// <summary>The type.</summary>
    public DnsRecordType Type { get; }

    /// <summary>For how many seconds it may be kept.</summary>
    public uint TimeToLive { get; }

    /// <summary>The address, of A and AAAA.</summary>
    public IPAddress? Address { get; private init; }

    /// <summary>The name that is pointed to, of CNAME, NS, PTR and SRV.</summary>
    public string? Target { get; private init; }

    /// <summary>The port of SRV.</summary>
    public ushort Port { get; private init; }

    /// <summary>The priority of SRV; lower goes first.</summary>
    public ushort Priority { get; private init; }

    /// <summary>The weight of SRV among equals.</summary>
    public ushort Weight { get; private init; }

    /// <summary>The data of all other types.</summary>
    public ReadOnlyMemory<byte> Data { get; private init; }

    /// <summary>An A or AAAA record, as the address's family says.</summary>
    /// <param name="name">The owner.</param>
    /// <param name="address">The address.</param>
    /// <param name="timeToLive">Seconds.</param>
    public static DnsRecord ForAddress(string name, IPAddress address, uint timeToLive) =>
        new(name, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.Aaaa, timeToLive) { Address = address };

    /// <summary>A CNAME, NS or PTR record.</summary>
    /// <param name="type">Which of the three.</param>
    /// <param name="name">The owner.</param>
    /// <param name="target">The name pointed to.</param>
    /// <param name="timeToLive">Seconds.</param>
    /// <exception cref="ArgumentException">It is another type.</exception>
    public static DnsRecord ForName(DnsRecordType type, string name, string target, uint timeToLive) =>
        type is DnsRecordType.Cname or DnsRecordType.NS or DnsRecordType.Ptr
            ? new(name, type, timeToLive) { Target = target }
            : throw new ArgumentException($"{type} is not a record with a name alone", nameof(type));

    /// <summary>An SRV record.</summary>
    /// <param name="name">The owner, <c>_port._protocol.service</c>.</param>
    /// <param name="priority">Lower goes first.</param>
    /// <param name="weight">Weight among equals.</param>
    /// <param name="port">The port.</param>
    /// <param name="target">The host.</param>
    /// <param name="timeToLive">Seconds.</param>
    public static DnsRecord ForService(string name, ushort priority, ushort weight, ushort port, string target, uint timeToLive) =>
        new(name, DnsRecordType.Srv, timeToLive) { Priority = priority, Weight = weight, Port = port, Target = target };

    /// <summary>A record of any other type.</summary>
    /// <param name="name">The owner.</param>
    /// <param name="type">The type.</param>
    /// <param name="data">The data, without compressed names.</param>
    /// <param name="timeToLive">Seconds.</param>
    public static DnsRecord ForData(string name, DnsRecordType type, ReadOnlyMemory<byte> data, uint timeToLive) => new(name, type, timeToLive) { Data = data };
}
