using System.Buffers;
using NodeMesh.Tunnel.Hpack;

namespace NodeMesh.Tunnel.Tests.Hpack;

public sealed class HpackCodecTests
{
    [Fact]
    public void Huffman_EveryByte_RoundTrips()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var text = new byte[round];
            random.NextBytes(text);
            var encoded = new byte[HuffmanCode.EncodedLength(text)];
            Assert.Equal(encoded.Length, HuffmanCode.Encode(text, encoded));
            var decoded = new byte[(encoded.Length * 8 / 5) + 1];
            Assert.Equal(text, decoded[..HuffmanCode.Decode(encoded, decoded)]);
        }
    }

    [Fact]
    public void Encoder_FieldsThatDifferEachTime_RoundTripAndCostTheirValueAlone()
    {
        var encoder = new HpackEncoder();
        var decoder = new HpackDecoder(HpackEncoder.DefaultTableSize, 65536);
        for (var i = 0; i < 200; i++)
        {
            var block = new ArrayBufferWriter<byte>();
            KeyValuePair<string, string>[] fields =
            [
                new(":method", "CONNECT"), new(":authority", "10.0.0.1:80"), new("forwarded", $"for=\"10.1.2.3:{10000 + i}\";host=far.bench"),
                new("traceparent", $"00-{i:x32}-{i:x16}-00"), new("nodemesh-destination", "spiffe://cluster.local/ns/a/sa/b"),
            ];
            encoder.Encode(fields, block);
            var decoded = new List<KeyValuePair<string, string>>();
            decoder.Decode(block.WrittenSpan, decoded);
            Assert.Equal(fields, decoded);
            if (i > 0)
            {
                Assert.InRange(block.WrittenCount, 0, fields[2].Value.Length + fields[3].Value.Length + 12);
            }
        }
    }

    [Theory]
    [InlineData("ffffffff", "the end-of-string symbol")]
    [InlineData("1fff", "padding of more than 7 bits")]
    [InlineData("18", "padding that is not all ones")]
    public void Huffman_Malformed_Throws(string hex, string why)
    {
        var e = Assert.Throws<HpackException>(() => HuffmanCode.Decode(Convert.FromHexString(hex), new byte[64]));
        Assert.False(e.TooLarge, why);
    }

    [Theory]
    [InlineData("80", "index 0")]
    [InlineData("be", "an index behind the tables")]
    [InlineData("ffffffffffff", "an integer that overflows")]
    [InlineData("ff808080808000", "an integer of zeros without end")]
    [InlineData("ff", "an integer that is cut off")]
    [InlineData("40", "a field without a name")]
    [InlineData("400a6375", "a string that is cut off")]
    [InlineData("3fe21f", "a table size above the announced one")]
    [InlineData("8220", "a table size update behind a field")]
    [InlineData("202020", "three table size updates")]
    public void Decode_Malformed_Throws(string hex, string why)
    {
        var e = Assert.Throws<HpackException>(() => Rfc7541VectorTests.Decode(new HpackDecoder(4096, 65536), hex));
        Assert.False(e.TooLarge, why);
    }

    [Fact]
    public void Decode_ReferencesToALargeEntry_StopsAtTheListLimit()
    {
        // One literal of 3,000 bytes into the table, then one byte for each repetition.
        var block = new List<byte> { 0x40, 1, (byte)'a', 0x7f, 0xb9, 0x16 };
        block.AddRange(Enumerable.Repeat((byte)'x', 3000));
        block.AddRange(Enumerable.Repeat((byte)0xbe, 10_000));

        List<KeyValuePair<string, string>> fields = [];
        var e = Assert.Throws<HpackException>(() => new HpackDecoder(4096, 65536).Decode(block.ToArray(), fields));

        Assert.True(e.TooLarge);
        Assert.InRange(fields.Count, 1, 22);
    }

    [Fact]
    public void Encode_RepeatedFields_AreIndexedAndReadBack()
    {
        var encoder = new HpackEncoder();
        var decoder = new HpackDecoder(4096, 65536);
        KeyValuePair<string, string>[] fields =
        [
            new(":method", "CONNECT"), new(":authority", "10.244.1.7:8080"), new("baggage", "k8s.namespace.name=shop,service.name=web"),
            new("forwarded", "for=\"10.244.0.4:51234\""), new("x-é", "ÿ"),
        ];
        var sizes = new List<int>();
        for (var round = 0; round < 3; round++)
        {
            var block = new ArrayBufferWriter<byte>();
            encoder.Encode(fields, block);
            sizes.Add(block.WrittenCount);
            List<KeyValuePair<string, string>> decoded = [];
            decoder.Decode(block.WrittenSpan, decoded);
            Assert.Equal(fields, decoded);
        }

        Assert.True(sizes[1] < sizes[0] / 2, $"the second block is not smaller: {string.Join(", ", sizes)}");
    }

    [Fact]
    public void Encode_PeerShrinksItsTable_AnnouncesItAndStaysInStep()
    {
        var encoder = new HpackEncoder();
        var decoder = new HpackDecoder(4096, 65536);
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            if (round % 20 == 10)
            {
                encoder.SetPeerTableSize((uint)random.Next(0, 8192));
                encoder.SetPeerTableSize((uint)random.Next(0, 8192));
            }

            KeyValuePair<string, string>[] fields = [new("baggage", new string('b', random.Next(0, 300))), new(":authority", $"10.0.0.{random.Next(4)}:80")];
            var block = new ArrayBufferWriter<byte>();
            encoder.Encode(fields, block);
            List<KeyValuePair<string, string>> decoded = [];
            decoder.Decode(block.WrittenSpan, decoded);
            Assert.Equal(fields, decoded);
        }
    }
}
