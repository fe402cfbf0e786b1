using System.Buffers.Binary;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Counts the messages in a body of gRPC, whose length prefixes (a flag and four bytes) it follows.</summary>
internal struct GrpcMessageCounter
{
    private const int PrefixLength = 5;

    private long _skip;
    private uint _length;
    private int _prefix;

    /// <summary>Messages whose prefix has come.</summary>
    public long Count { get; private set; }

    /// <summary>Looks at a part of the body.</summary>
    /// <param name="bytes">The next bytes.</param>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            if (_prefix == 0 && bytes.Length >= PrefixLength)
            {
                _skip = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
                bytes = bytes[PrefixLength..];
                Count++;
                continue;
            }

            // The flag is shifted out by the four bytes of the length.
            _length = (_length << 8) | bytes[0];
            bytes = bytes[1..];
            if (++_prefix == PrefixLength)
            {
                _skip = _length;
                _prefix = 0;
                Count++;
            }
        }
    }
}
