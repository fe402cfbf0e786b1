using System.Buffers.Binary;
using System.Net;
using System.Text;
using NodeMesh.Cli.Demo;

namespace NodeMesh.Cli.Tests.Demo;

public sealed class PacketCaptureTests
{
    [Fact]
    public void Contains_OfAMarkerAcrossTwoPackets_IsTrue()
    {
        var capture = PacketCapture.Read(File([.. Frame("10.0.0.1", "10.0.0.2", 4000, 80, "x: sec"), .. Frame("10.0.0.1", "10.0.0.2", 4000, 80, "ret\r\n")]));
        Assert.True(capture.Contains("secret"u8));
        Assert.Equal(2, capture.Packets);
    }

    [Fact]
    public void Contains_OfAMarkerSplitOverTwoStreams_IsFalse() =>
        Assert.False(PacketCapture.Read(File([.. Frame("10.0.0.1", "10.0.0.2", 4000, 80, "sec"), .. Frame("10.0.0.1", "10.0.0.2", 4001, 80, "ret")])).Contains("secret"u8));

    [Fact]
    public void Contains_OverIPv6_FindsTheMarker() =>
        Assert.True(PacketCapture.Read(File(Frame("fd00::1", "fd00::2", 4000, 80, "a secret"))).Contains("secret"u8));

    [Fact]
    public void BytesOf_APort_CountsBothDirectionsWithoutPadding()
    {
        var capture = PacketCapture.Read(File([.. Frame("10.0.0.1", "10.0.0.2", 4000, 15008, "12345", padding: 20), .. Frame("10.0.0.2", "10.0.0.1", 15008, 4000, "123"), .. Frame("10.0.0.1", "10.0.0.2", 4000, 80, "1")]));
        Assert.Equal(8, capture.BytesOf(15008));
    }

    [Fact]
    public void Read_OfARecordThatIsStillBeingWritten_LeavesItOut()
    {
        var file = File([.. Frame("10.0.0.1", "10.0.0.2", 1, 2, "whole"), .. Frame("10.0.0.1", "10.0.0.2", 1, 2, "cut off")]);
        var capture = PacketCapture.Read(file.AsSpan(0, file.Length - 3));
        Assert.Equal(1, capture.Packets);
        Assert.False(capture.Contains("cut"u8));
    }

    [Fact]
    public void Read_OfSomethingElse_Throws() => Assert.Throws<InvalidDataException>(() => PacketCapture.Read(new byte[100]));

    private static byte[] File(byte[] records)
    {
        var header = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xa1b2c3d4);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), 1);
        return [.. header, .. records];
    }

    private static byte[] Frame(string source, string destination, ushort sourcePort, ushort destinationPort, string payload, int padding = 0)
    {
        var data = Encoding.ASCII.GetBytes(payload);
        var tcp = new byte[20 + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(2), destinationPort);
        tcp[12] = 5 << 4;
        data.CopyTo(tcp, 20);
        var from = IPAddress.Parse(source).GetAddressBytes();
        var to = IPAddress.Parse(destination).GetAddressBytes();
        var ip = new byte[from.Length == 4 ? 20 : 40];
        if (from.Length == 4)
        {
            ip[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(2), (ushort)(20 + tcp.Length));
            ip[9] = 6;
        }
        else
        {
            ip[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(4), (ushort)tcp.Length);
            ip[6] = 6;
        }

        from.CopyTo(ip, from.Length == 4 ? 12 : 8);
        to.CopyTo(ip, from.Length == 4 ? 16 : 24);
        byte[] frame = [.. new byte[12], .. from.Length == 4 ? new byte[] { 8, 0 } : [0x86, 0xdd], .. ip, .. tcp, .. new byte[padding]];
        var record = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), frame.Length);
        return [.. record, .. frame];
    }
}
