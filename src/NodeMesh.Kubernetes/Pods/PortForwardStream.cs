using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace NodeMesh.Kubernetes.Pods;

/// <summary>
/// A connection to a port of a pod, over the WebSocket protocol <c>v4.channel.k8s.io</c>: every message begins with the number of its channel, 0 for the bytes
/// and 1 for what went wrong; the first message of each channel carries the port (two bytes, little-endian), which is the kubelet's word that it took the order.
/// </summary>
public sealed class PortForwardStream : Stream
{
    internal const string Protocol = "v4.channel.k8s.io";
    private const byte DataChannel = 0;
    private const byte ErrorChannel = 1;

    /// <summary>The kubelet reads messages of up to 32 KiB in one piece.</summary>
    private const int LargestMessage = 32 * 1024;

    private readonly WebSocket _socket;
    private readonly string _target;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly byte[] _outgoing = new byte[1 + LargestMessage];
    private readonly byte[] _incoming = new byte[LargestMessage];
    private readonly StringBuilder _error = new();
    private ReadOnlyMemory<byte> _unread;
    private int _channel = -1;
    private bool _ended;

    private PortForwardStream(WebSocket socket, string target)
    {
        _socket = socket;
        _target = target;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_unread.Length == 0 && !_ended && buffer.Length > 0)
        {
            var (channel, data) = await ReceiveAsync(cancellationToken);
            if (channel == DataChannel)
            {
                _unread = data;
            }
            else if (channel == ErrorChannel)
            {
                _error.Append(Encoding.UTF8.GetString(data.Span));
            }
        }

        if (_unread.Length == 0 && _error.Length > 0 && buffer.Length > 0)
        {
            throw new IOException($"{_target}: {_error}");
        }

        var count = Math.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            while (buffer.Length > 0)
            {
                var count = Math.Min(buffer.Length, LargestMessage - 1);
                _outgoing[0] = DataChannel;
                buffer[..count].CopyTo(_outgoing.AsMemory(1));
                await _socket.SendAsync(_outgoing.AsMemory(0, 1 + count), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
                buffer = buffer[count..];
            }
        }
        catch (WebSocketException e)
        {
            throw new IOException($"{_target}: the connection is gone: {e.Message}", e);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <summary>Not served: a WebSocket waits asynchronously only.</summary>
    /// <param name="buffer">None.</param>
    /// <param name="offset">None.</param>
    /// <param name="count">None.</param>
    /// <returns>Nothing.</returns>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("use ReadAsync");

    /// <summary>Not served: a WebSocket waits asynchronously only.</summary>
    /// <param name="buffer">None.</param>
    /// <param name="offset">None.</param>
    /// <param name="count">None.</param>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("use WriteAsync");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    internal static async Task<PortForwardStream> OpenAsync(WebSocket socket, string target, CancellationToken ct)
    {
        var stream = new PortForwardStream(socket, target);
        for (var announced = 0; announced < 2; announced++)
        {
            var (channel, data) = await stream.ReceiveAsync(ct);
            if (channel < 0 || data.Length != sizeof(ushort) || BinaryPrimitives.ReadUInt16LittleEndian(data.Span) == 0)
            {
                await stream.DisposeAsync();
                throw new KubernetesConnectionException($"{target}: the kubelet did not take the order: {(channel < 0 ? "it closed the connection" : Encoding.UTF8.GetString(data.Span))}");
            }
        }

        return stream;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();
            _writing.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>A piece of a message; channel -1 is the end.</summary>
    private async ValueTask<(int Channel, ReadOnlyMemory<byte> Data)> ReceiveAsync(CancellationToken ct)
    {
        try
        {
            var received = await _socket.ReceiveAsync(_incoming.AsMemory(), ct);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                _ended = true;
                return (-1, default);
            }

            var data = _incoming.AsMemory(0, received.Count);
            // Only a message's first piece carries the channel; the pieces after it belong to the same.
            if (_channel < 0 && data.Length > 0)
            {
                _channel = data.Span[0];
                data = data[1..];
            }

            var channel = _channel;
            _channel = received.EndOfMessage ? -1 : channel;
            return (channel < 0 ? ErrorChannel : channel, data);
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely)
        {
            // API servers end the TCP connection without a closing message when the application has ended its own.
            _ended = true;
            return (-1, default);
        }
        catch (WebSocketException e)
        {
            throw new IOException($"{_target}: the connection broke: {e.Message}", e);
        }
    }
}
