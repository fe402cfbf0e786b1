using System.Net;

namespace NodeMesh.Dns.Tests;

public sealed class DnsMessageTests
{
    [Fact]
    public void RoundTrip_EveryKindOfRecord_IsEqual()
    {
        var message = new DnsMessage
        {
            Id = 0xbeef,
            IsResponse = true,
            Authoritative = true,
            RecursionDesired = true,
            RecursionAvailable = true,
            ResponseCode = DnsResponseCode.NameError,
            Questions = [new DnsQuestion("web.shop.svc.cluster.local", DnsRecordType.A)],
            Answers =
            [
                DnsRecord.ForName(DnsRecordType.Cname, "web.shop.svc.cluster.local", "other.shop.svc.cluster.local", 30),
                DnsRecord.ForAddress("other.shop.svc.cluster.local", IPAddress.Parse("10.96.0.7"), 30),
                DnsRecord.ForAddress("other.shop.svc.cluster.local", IPAddress.Parse("fd00:96::7"), 30),
                DnsRecord.ForService("_http._tcp.web.shop.svc.cluster.local", 1, 2, 8080, "web.shop.svc.cluster.local", 5),
            ],
            Authorities = [DnsRecord.ForName(DnsRecordType.NS, "cluster.local", "ns.cluster.local", 1)],
            Additionals = [DnsRecord.ForName(DnsRecordType.Ptr, "7.0.96.10.in-addr.arpa", "web.shop.svc.cluster.local", uint.MaxValue)],
            Edns = new DnsEdns(1400, true, 0),
        };
        var bytes = message.ToArray();
        var read = DnsMessage.Parse(bytes);
        Assert.Equal(message.Answers, read.Answers);
        Assert.Equal(message.Authorities, read.Authorities);
        Assert.Equal(message.Additionals, read.Additionals);
        Assert.Equal(message.Questions, read.Questions);
        Assert.Equal(message.Edns, read.Edns);
        Assert.Equal(
            (message.Id, message.IsResponse, message.Authoritative, message.ResponseCode, message.RecursionAvailable, message.Truncated),
            (read.Id, read.IsResponse, read.Authoritative, read.ResponseCode, read.RecursionAvailable, read.Truncated));

        // Without compression the eight long names alone would take over 200 bytes.
        Assert.True(bytes.Length < 250, $"{bytes.Length} bytes");
    }

    [Fact]
    public void Parse_QuestionOfAnotherProgram_IsRead()
    {
        // As dig sends it: AD set, EDNS0 with a cookie option.
        var bytes = Convert.FromHexString("1a2b01200001000000000001" + "03777777076578616d706c6503636f6d00" + "001c0001" + "00002904d0000080000000000c" + "000a00080102030405060708".ToUpperInvariant());
        var message = DnsMessage.Parse(bytes);
        Assert.Equal(new DnsQuestion("www.example.com", DnsRecordType.Aaaa), Assert.Single(message.Questions));
        Assert.Equal(new DnsEdns(1232, true, 0), message.Edns);
        Assert.True(message.AuthenticData);
        Assert.True(message.RecursionDesired);
    }

    [Theory]
    [InlineData("c00c", "pointer to itself")]
    [InlineData("c00e00", "pointer forward")]
    [InlineData("0161c00c", "loop through a label")]
    [InlineData("4161", "unknown label kind")]
    [InlineData("3f61", "cut short")]
    [InlineData("", "nothing")]
    public void Parse_BadName_IsFormatError(string name, string why)
    {
        var bytes = Convert.FromHexString("000001000001000000000000" + name + "00010001");
        Assert.NotNull(why);
        Assert.Throws<DnsFormatException>(() => DnsMessage.Parse(bytes));
    }

    [Fact]
    public void Parse_NameOfManyPointersTooLong_IsFormatError()
    {
        // Labels of 63 bytes, each name pointing to the one before: 255 bytes are passed without any loop.
        var bytes = new List<byte>(Convert.FromHexString("000001000006000000000000"));
        var previous = -1;
        for (var i = 0; i < 6; i++)
        {
            var start = bytes.Count;
            bytes.Add(63);
            bytes.AddRange(Enumerable.Repeat((byte)'a', 63));
            bytes.AddRange(previous < 0 ? [0] : [(byte)(0xc0 | (previous >> 8)), (byte)previous]);
            bytes.AddRange([0, 1, 0, 1]);
            previous = start;
        }

        Assert.Contains("255", Assert.Throws<DnsFormatException>(() => DnsMessage.Parse(bytes.ToArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_CountsThatLie_AreFormatErrors()
    {
        var good = new DnsMessage { Id = 1, Questions = [new DnsQuestion("a.b", DnsRecordType.A)], Answers = [DnsRecord.ForAddress("a.b", IPAddress.Loopback, 1)] }.ToArray();
        foreach (var at in new[] { 5, 7, 9, 11 })
        {
            var bytes = good.ToArray();
            bytes[at] = 200;
            Assert.Throws<DnsFormatException>(() => DnsMessage.Parse(bytes));
        }

        for (var length = 0; length < good.Length; length++)
        {
            Assert.Throws<DnsFormatException>(() => DnsMessage.Parse(good.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Parse_Garbage_NeverFailsOtherwise()
    {
        var random = new Random(20260101);
        var seed = new DnsMessage
        {
            Id = 7,
            Questions = [new DnsQuestion("web.shop.svc.cluster.local", DnsRecordType.A)],
            Answers = [DnsRecord.ForName(DnsRecordType.Cname, "web.shop.svc.cluster.local", "x.shop.svc.cluster.local", 1), DnsRecord.ForService("s.x", 1, 1, 1, "x.y", 1)],
            Edns = new DnsEdns(1232, false, 0),
        }.ToArray();
        var parsed = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = i % 4 == 0 ? new byte[random.Next(0, 80)] : seed.ToArray();
            if (i % 4 == 0)
            {
                random.NextBytes(bytes);
            }

            for (var flips = random.Next(1, 5); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                // What can be read can be written and read again.
                var message = DnsMessage.Parse(bytes);
                parsed++;
                Assert.Equal(message.Answers.Length, DnsMessage.Parse(message.ToArray()).Answers.Length);
            }
            catch (DnsFormatException)
            {
                // The only way to fail.
            }
        }

        Assert.True(parsed > 1000, $"only {parsed} of the messages could be read, so little was tried");
    }

    [Fact]
    public void ToArray_TooManyAnswers_TruncatesAtARecordAndSaysSo()
    {
        var message = new DnsMessage
        {
            Id = 1,
            IsResponse = true,
            Questions = [new DnsQuestion("web.shop.svc.cluster.local", DnsRecordType.A)],
            Answers = [.. Enumerable.Range(0, 100).Select(i => DnsRecord.ForAddress($"host-{i}.shop.svc.cluster.local", new IPAddress([10, 0, 0, (byte)i]), 30))],
            Edns = new DnsEdns(1232, false, 0),
        };
        var bytes = message.ToArray(DnsMessage.PlainUdpLimit);
        Assert.InRange(bytes.Length, 400, DnsMessage.PlainUdpLimit);
        var read = DnsMessage.Parse(bytes);
        Assert.True(read.Truncated);
        Assert.InRange(read.Answers.Length, 5, 99);
        Assert.Equal(message.Answers.Take(read.Answers.Length), read.Answers);
        Assert.NotNull(read.Edns);
        Assert.False(DnsMessage.Parse(message.ToArray()).Truncated);
    }

    [Fact]
    public void Names_WithEveryByte_SurviveTheWay()
    {
        var label = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        foreach (var part in label.Chunk(32))
        {
            var text = new System.Text.StringBuilder();
            DnsName.AppendLabel(text, part);
            DnsName.AppendLabel(text, "x"u8);
            var read = DnsMessage.Parse(new DnsMessage { Id = 1, Questions = [new DnsQuestion(text.ToString(), DnsRecordType.A)] }.ToArray());
            Assert.Equal(text.ToString(), read.Questions[0].Name);
            Assert.Equal(part, DnsName.Labels(read.Questions[0].Name)[0]);
        }
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("\\")]
    [InlineData("ä")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void ToArray_NameThatIsNone_IsFormatError(string name) =>
        Assert.Throws<DnsFormatException>(() => new DnsMessage { Id = 1, Questions = [new DnsQuestion(name, DnsRecordType.A)] }.ToArray());

    [Theory]
    [InlineData("10.96.0.7", "7.0.96.10.in-addr.arpa")]
    [InlineData("fd00:96::a", "a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.0.d.f.ip6.arpa")]
    public void Reverse_Address_GoesBothWays(string address, string name)
    {
        Assert.Equal(name, DnsName.Reverse(IPAddress.Parse(address)));
        Assert.Equal(IPAddress.Parse(address), DnsName.ReverseAddress(name));
    }

    [Theory]
    [InlineData("0.96.10.in-addr.arpa")]
    [InlineData("7.0.96.300.in-addr.arpa")]
    [InlineData("x.ip6.arpa")]
    [InlineData("in-addr.arpa")]
    [InlineData("web.shop")]
    public void ReverseAddress_OtherName_IsNone(string name) => Assert.Null(DnsName.ReverseAddress(name));
}
