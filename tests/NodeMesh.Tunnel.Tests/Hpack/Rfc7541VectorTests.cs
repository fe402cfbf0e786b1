using NodeMesh.Tunnel.Hpack;

namespace NodeMesh.Tunnel.Tests.Hpack;

/// <summary>The examples of RFC 7541 appendix C.</summary>
public sealed class Rfc7541VectorTests
{
    private static readonly string[][] Requests =
    [
        [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
        [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
        [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"],
    ];

    private static readonly string[][] Responses =
    [
        [":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"],
        [":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"],
        [
            ":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT", "location: https://www.example.com",
            "content-encoding: gzip", "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        ],
    ];

    [Theory]
    [InlineData(10, 5, "0a")]
    [InlineData(1337, 5, "1f9a0a")]
    [InlineData(42, 8, "2a")]
    public void Integer_AppendixC1_ReadsAndWrites(int value, int prefix, string hex)
    {
        var bytes = new byte[HpackInteger.MaxLength];
        Assert.Equal(hex, Convert.ToHexStringLower(bytes.AsSpan(0, HpackInteger.Write(bytes, value, prefix, 0))));
        var at = 0;
        Assert.Equal(value, HpackInteger.Read(Convert.FromHexString(hex), ref at, prefix));
        Assert.Equal(hex.Length / 2, at);
    }

    [Theory]
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header")]
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path")]
    [InlineData("100870617373776f726406736563726574", "password: secret")]
    [InlineData("82", ":method: GET")]
    public void Decode_AppendixC2_ReadsTheField(string hex, string expected) => Assert.Equal([expected], Decode(new HpackDecoder(4096, 65536), hex));

    [Fact]
    public void Decode_AppendixC3_ReadsRequestsWithoutHuffman() => CheckAll(
        4096,
        Requests,
        "828684410f7777772e6578616d706c652e636f6d",
        "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565");

    [Fact]
    public void Decode_AppendixC4_ReadsRequestsWithHuffman() => CheckAll(
        4096,
        Requests,
        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf");

    [Fact]
    public void Decode_AppendixC5_ReadsResponsesWithEviction() => CheckAll(
        256,
        Responses,
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31");

    [Fact]
    public void Decode_AppendixC6_ReadsResponsesWithHuffmanAndEviction() => CheckAll(
        256,
        Responses,
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007");

    [Theory]
    [InlineData("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff")]
    [InlineData("no-cache", "a8eb10649cbf")]
    [InlineData("custom-value", "25a849e95bb8e8b4bf")]
    [InlineData("https://www.example.com", "9d29ad171863c78f0b97c8e9ae82ae43d3")]
    public void Huffman_AppendixC_EncodesAndDecodes(string text, string hex)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        var encoded = new byte[HuffmanCode.EncodedLength(bytes)];
        HuffmanCode.Encode(bytes, encoded);
        Assert.Equal(hex, Convert.ToHexStringLower(encoded));

        var decoded = new byte[100];
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(decoded, 0, HuffmanCode.Decode(encoded, decoded)));
    }

    internal static string[] Decode(HpackDecoder decoder, string hex)
    {
        List<KeyValuePair<string, string>> fields = [];
        decoder.Decode(Convert.FromHexString(hex), fields);
        return [.. fields.Select(f => $"{f.Key}: {f.Value}")];
    }

    private static void CheckAll(int tableSize, string[][] expected, params string[] blocks)
    {
        var decoder = new HpackDecoder(tableSize, 65536);
        for (var i = 0; i < blocks.Length; i++)
        {
            Assert.Equal(expected[i], Decode(decoder, blocks[i]));
        }
    }
}
