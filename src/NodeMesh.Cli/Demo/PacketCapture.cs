using System.Buffers.Binary;

namespace NodeMesh.Cli.Demo;

/// <summary>Reads what tcpdump wrote (pcap-savefile(5), Ethernet) and looks for bytes in TCP streams.</summary>
internal sealed class PacketCapture
{
    private const uint Magic = 0xa1b2c3d4;
    private const uint MagicNanoseconds = 0xa1b23c4d;
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const int EthernetHeader = 14;
    private const ushort EtherTypeV4 = 0x0800;
    private const ushort EtherTypeV6 = 0x86dd;
    private const byte Tcp = 6;

    private readonly Dictionary<(string Source, string Destination, int Ports), MemoryStream> _streams = [];

    /// <summary>Packets in the file.</summary>
    public int Packets { get; private set; }

    /// <summary>Reads a capture; a last record that was not written to its end is left out.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <exception cref="InvalidDataException">It is not a capture of Ethernet frames.</exception>
    public static PacketCapture Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeader || BinaryPrimitives.ReadUInt32LittleEndian(file) is not (Magic or MagicNanoseconds))
        {
            throw new InvalidDataException("the capture is not a pcap file of this machine's byte order");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(file[20..]) != 1)
        {
            throw new InvalidDataException("the capture is not of Ethernet frames");
        }

        var capture = new PacketCapture();
        var rest = file[FileHeader..];
        while (rest.Length >= RecordHeader && BinaryPrimitives.ReadInt32LittleEndian(rest[8..]) is var length && length >= 0 && rest.Length - RecordHeader >= length)
        {
            capture.Packets++;
            capture.AddFrame(rest.Slice(RecordHeader, length));
            rest = rest[(RecordHeader + length)..];
        }

        return capture;
    }

    /// <summary>Looks for bytes in any TCP stream, across packets too.</summary>
    /// <param name="marker">The bytes.</param>
    public bool Contains(ReadOnlySpan<byte> marker)
    {
        foreach (var stream in _streams.Values)
        {
            if (stream.GetBuffer().AsSpan(0, (int)stream.Length).IndexOf(marker) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Payload bytes from and to a port.</summary>
    /// <param name="port">The port.</param>
    public long BytesOf(int port) => _streams.Where(s => s.Key.Ports >> 16 == port || (s.Key.Ports & 0xffff) == port).Sum(s => s.Value.Length);

    private void AddFrame(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader)
        {
            return;
        }

        var packet = frame[EthernetHeader..];
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case EtherTypeV4 when packet.Length >= 20 && packet[9] == Tcp:
                // The frame may be padded beyond the packet: the header's length counts.
                var total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
                AddSegment(packet.Slice(12, 4), packet.Slice(16, 4), Cut(packet, (packet[0] & 0xf) * 4, total == 0 ? packet.Length : total));
                break;
            case EtherTypeV6 when packet.Length >= 40 && packet[6] == Tcp:
                AddSegment(packet.Slice(8, 16), packet.Slice(24, 16), Cut(packet, 40, 40 + BinaryPrimitives.ReadUInt16BigEndian(packet[4..])));
                break;
        }
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> packet, int from, int to) => from <= Math.Min(to, packet.Length) ? packet[from..Math.Min(to, packet.Length)] : [];

    private void AddSegment(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 20 || (segment[12] >> 4) * 4 is var header && header > segment.Length)
        {
            return;
        }

        var ports = (BinaryPrimitives.ReadUInt16BigEndian(segment) << 16) | BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        var key = (Convert.ToHexString(source), Convert.ToHexString(destination), ports);
        if (!_streams.TryGetValue(key, out var stream))
        {
            _streams[key] = stream = new MemoryStream();
        }

        stream.Write(segment[((segment[12] >> 4) * 4)..]);
    }
}
