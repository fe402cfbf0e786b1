using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Interop;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Linux.Netlink;

/// <summary>
/// Asks connection tracking of one network namespace (linux/netfilter/nfnetlink_conntrack.h): by which names the other end of a connection knows itself and its
/// peer, where the kernel translates addresses or ports between the two.
/// </summary>
public sealed class ConnectionTracking : IDisposable
{
    /// <summary><c>NFNL_SUBSYS_CTNETLINK</c> and <c>IPCTNL_MSG_CT_GET</c>, <c>IPCTNL_MSG_CT_NEW</c>: what an answer is.</summary>
    private const ushort Get = (1 << 8) | 1;
    private const ushort Answer = 1 << 8;

    private const int NetfilterProtocol = 12;
    private const ushort TupleOriginal = 1;
    private const ushort TupleReply = 2;
    private const ushort Zone = 18;
    private const ushort TupleAddresses = 1;
    private const ushort TupleProtocol = 2;
    private const ushort Ipv4Source = 1;
    private const ushort Ipv4Destination = 2;
    private const ushort Ipv6Source = 3;
    private const ushort Ipv6Destination = 4;
    private const ushort ProtocolNumber = 1;
    private const ushort SourcePort = 2;
    private const ushort DestinationPort = 3;
    private const byte FamilyIpv4 = 2;
    private const byte FamilyIpv6 = 10;
    private const byte Tcp = 6;

    /// <summary>A question with two IPv6 addresses takes 100 bytes.</summary>
    private const int QuestionRoom = 256;

    /// <summary>An entry with all its parts takes less than 1,000.</summary>
    private const int AnswerRoom = 4096;

    private readonly SocketDescriptor _socket;
    private readonly Lock _gate = new();
    private uint _sequence;

    private ConnectionTracking(SocketDescriptor socket) => _socket = socket;

    /// <summary>Opens it.</summary>
    /// <param name="broker">Makes sockets in namespaces.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>To be disposed.</returns>
    /// <exception cref="NetworkNamespaceException">The namespace could not be entered.</exception>
    /// <exception cref="SocketException">The kernel has no netfilter, or no descriptors are left.</exception>
    public static async Task<ConnectionTracking> OpenAsync(NetworkNamespaceBroker broker, NetworkNamespace ns, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(broker);
        return new ConnectionTracking(await broker.CreateNetlinkSocketAsync(ns, NetfilterProtocol, ct));
    }

    /// <summary>The names that the other end of a TCP connection has.</summary>
    /// <param name="local">This end's address, as its socket has it.</param>
    /// <param name="remote">The other end's, as this end's socket has it.</param>
    /// <param name="zone">The zone that what this end sends is tracked in.</param>
    /// <returns>The other end's own address and its peer's, as its socket has them; null where the connection is not tracked, or the kernel does not tell.</returns>
    public unsafe (IPEndPoint Local, IPEndPoint Remote)? FindOtherEnd(IPEndPoint local, IPEndPoint remote, int zone = 0)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(remote);
        Span<byte> question = stackalloc byte[QuestionRoom];
        question.Clear();
        var answer = stackalloc byte[AnswerRoom];
        lock (_gate)
        {
            try
            {
                var sequence = ++_sequence;
                fixed (byte* bytes = Ask(question, sequence, local, remote, zone))
                {
                    if (EventCalls.Send(_socket, bytes, MemoryMarshal.Read<uint>(question), EventCalls.MessageDontWait) < 0)
                    {
                        return null;
                    }
                }

                // The kernel answers before send returns. What was asked before was answered as well, so that other numbers are not to be seen.
                while (EventCalls.Receive(_socket, answer, AnswerRoom, EventCalls.MessageDontWait) is var length and > NetlinkRequest.PrefixSize)
                {
                    var message = new ReadOnlySpan<byte>(answer, (int)length);
                    if (MemoryMarshal.Read<uint>(message[8..]) == sequence)
                    {
                        return MemoryMarshal.Read<ushort>(message[4..]) == Answer ? Read(message[NetlinkRequest.PrefixSize..], local, remote) : null;
                    }
                }
            }
            catch (ObjectDisposedException)
            {
                // The namespace is let go at this moment.
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static ReadOnlySpan<byte> Ask(Span<byte> room, uint sequence, IPEndPoint source, IPEndPoint destination, int zone)
    {
        var isIpv4 = source.AddressFamily == AddressFamily.InterNetwork;
        var request = new NetlinkRequest(room);
        request.Begin(Get, sequence, isIpv4 ? FamilyIpv4 : FamilyIpv6);
        // It is looked for in both directions, whichever it is asked by.
        var tuple = request.Open(TupleOriginal);
        var addresses = request.Open(TupleAddresses);
        AddAddress(ref request, isIpv4 ? Ipv4Source : Ipv6Source, source.Address);
        AddAddress(ref request, isIpv4 ? Ipv4Destination : Ipv6Destination, destination.Address);
        request.End(addresses);
        var protocol = request.Open(TupleProtocol);
        request.Add(ProtocolNumber, [Tcp]);
        request.Add(SourcePort, source.Port);
        request.Add(DestinationPort, destination.Port);
        request.End(protocol);
        request.End(tuple);
        if (zone != 0)
        {
            request.Add(Zone, zone);
        }

        return request.Finish();
    }

    private static void AddAddress(ref NetlinkRequest request, ushort type, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        request.Add(type, bytes[..written]);
    }

    /// <summary>Of the two directions the one that is not the asked one.</summary>
    private static (IPEndPoint Local, IPEndPoint Remote)? Read(ReadOnlySpan<byte> entry, IPEndPoint local, IPEndPoint remote)
    {
        (IPEndPoint Source, IPEndPoint Destination)? original = null;
        (IPEndPoint Source, IPEndPoint Destination)? reply = null;
        var attributes = new NetlinkAttributes(entry);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case TupleOriginal:
                    original = ReadTuple(attributes.Value);
                    break;
                case TupleReply:
                    reply = ReadTuple(attributes.Value);
                    break;
            }
        }

        return original is var (source, destination) && source.Equals(local) && destination.Equals(remote) ? reply : original;
    }

    private static (IPEndPoint Source, IPEndPoint Destination)? ReadTuple(ReadOnlySpan<byte> tuple)
    {
        var source = new IPEndPoint(IPAddress.Any, 0);
        var destination = new IPEndPoint(IPAddress.Any, 0);
        var parts = new NetlinkAttributes(tuple);
        while (parts.MoveNext())
        {
            var fields = new NetlinkAttributes(parts.Value);
            while (fields.MoveNext())
            {
                switch ((parts.Type, fields.Type))
                {
                    case (TupleAddresses, Ipv4Source or Ipv6Source):
                        source.Address = new IPAddress(fields.Value);
                        break;
                    case (TupleAddresses, Ipv4Destination or Ipv6Destination):
                        destination.Address = new IPAddress(fields.Value);
                        break;
                    case (TupleProtocol, SourcePort):
                        source.Port = fields.Number;
                        break;
                    case (TupleProtocol, DestinationPort):
                        destination.Port = fields.Number;
                        break;
                }
            }
        }

        return source.Port == 0 ? null : (source, destination);
    }
}
