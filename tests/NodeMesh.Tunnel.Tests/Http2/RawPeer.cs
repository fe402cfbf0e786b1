using System.Buffers;
using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using NodeMesh.Identity;
using NodeMesh.Tunnel.Hpack;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel.Tests.Http2;

/// <summary>Speaks frames over TLS as it is told, also wrong ones.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly SslStream _stream;
    private readonly HpackEncoder _encoder = new();

    private RawPeer(Socket socket, SslStream stream)
    {
        _socket = socket;
        _stream = stream;
    }

    public HpackDecoder Decoder { get; } = new(4096, 65536);

    /// <summary>Connects to the mesh's server and says preface and SETTINGS.</summary>
    public static async Task<RawPeer> ConnectAsync(TestMesh mesh, bool begin = true)
    {
        var socket = await TestMesh.DialAsync(mesh.Address, TestMesh.Deadline);
        socket.NoDelay = true;
        var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(ClientOptions(mesh.Certificates.Issue("raw")), TestMesh.Deadline);
        var peer = new RawPeer(socket, stream);
        if (begin)
        {
            await peer.SendAsync([.. Http2Constants.Preface, .. Frame(FrameType.Settings, 0, 0, [])]);
        }

        return peer;
    }

    /// <summary>Plays the server on an accepted socket.</summary>
    public static async Task<RawPeer> AcceptAsync(Socket socket, WorkloadCertificate own)
    {
        var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = own.Context,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls13,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            },
            TestMesh.Deadline);
        var peer = new RawPeer(socket, stream);
        await peer.ReadExactAsync(Http2Constants.Preface.Length);
        await peer.SendAsync(Frame(FrameType.Settings, 0, 0, []));
        return peer;
    }

    public static SslClientAuthenticationOptions ClientOptions(WorkloadCertificate? own) => new()
    {
        TargetHost = "",
        ClientCertificateContext = own?.Context,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
    };

    public static byte[] Frame(FrameType type, int flags, int streamId, byte[] payload)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(payload.Length, type, (FrameFlags)flags, streamId).Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        return frame;
    }

    public static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public byte[] Encode(params (string Name, string Value)[] fields)
    {
        var block = new ArrayBufferWriter<byte>();
        _encoder.Encode(fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value)), block);
        return block.WrittenSpan.ToArray();
    }

    public byte[] ConnectHeaders(int streamId, string authority = "10.0.0.1:80") =>
        Frame(FrameType.Headers, 0x4, streamId, Encode((":method", "CONNECT"), (":authority", authority)));

    public Task OpenAsync(int streamId) => SendAsync(ConnectHeaders(streamId));

    public Task SendAsync(FrameType type, int flags, int streamId, params byte[] payload) => SendAsync(Frame(type, flags, streamId, payload));

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes, TestMesh.Deadline);

    /// <summary>Sends until the peer no longer takes it.</summary>
    public async Task FloodAsync(byte[] bytes, int times)
    {
        try
        {
            for (var i = 0; i < times; i++)
            {
                await SendAsync(bytes);
            }
        }
        catch (IOException)
        {
            // It hung up, as it should.
        }
    }

    /// <summary>The next frame; nothing when the peer has closed.</summary>
    public async Task<(FrameHeader Header, byte[] Payload)?> ReadAsync()
    {
        try
        {
            var header = FrameHeader.Read(await ReadExactAsync(FrameHeader.Size));
            return (header, await ReadExactAsync(header.Length));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads until a frame of a type comes.</summary>
    public async Task<(FrameHeader Header, byte[] Payload)> ReadUntilAsync(FrameType type, int? streamId = null)
    {
        while (true)
        {
            var frame = await ReadAsync();
            Assert.True(frame is not null, $"the connection ended before {type}");
            if (frame.Value.Header.Type == type && (streamId ?? frame.Value.Header.StreamId) == frame.Value.Header.StreamId && !(type == FrameType.Settings && frame.Value.Header.Has(FrameFlags.Ack)))
            {
                return frame.Value;
            }
        }
    }

    public async Task<Http2ErrorCode> ReadGoAwayAsync()
    {
        var (_, payload) = await ReadUntilAsync(FrameType.GoAway);
        return (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(4));
    }

    public async Task<Http2ErrorCode> ReadResetAsync(int streamId)
    {
        var (_, payload) = await ReadUntilAsync(FrameType.RstStream, streamId);
        return (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload);
    }

    public async Task<string> ReadStatusAsync(int streamId)
    {
        var (_, payload) = await ReadUntilAsync(FrameType.Headers, streamId);
        List<KeyValuePair<string, string>> fields = [];
        Decoder.Decode(payload, fields);
        return fields[0].Value;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _stream.DisposeAsync();
    }

    private async Task<byte[]> ReadExactAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, TestMesh.Deadline);
        return bytes;
    }
}
