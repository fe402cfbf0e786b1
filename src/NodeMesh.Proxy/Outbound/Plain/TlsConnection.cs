using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace NodeMesh.Proxy.Outbound.Plain;

/// <summary>A TLS connection to a server outside the mesh, as the pipelines want it.</summary>
internal sealed class TlsConnection : ConnectionContext
{
    /// <summary>A TLS record holds 16 KiB of plaintext at most (RFC 8446 section 5.1); four of them are one read of the forwarding loops.</summary>
    private const int BufferSize = 64 * 1024;

    private readonly CancellationTokenSource _closed = new();
    private readonly SslStream _stream;
    private readonly Socket _socket;
    private int _isDisposed;

    /// <summary>Takes over an authenticated stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="socket">Its socket.</param>
    public TlsConnection(SslStream stream, Socket socket)
    {
        _stream = stream;
        _socket = socket;
        Transport = new Duplex(
            PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize, minimumReadSize: 4096, leaveOpen: true, useZeroByteReads: true)),
            new TlsOutput(PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)), stream, socket));
        ConnectionClosed = _closed.Token;
        RemoteEndPoint = socket.RemoteEndPoint;
        LocalEndPoint = socket.LocalEndPoint;
    }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = "";

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        // A reset instead of a FIN: what was cut short must not look whole.
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }

        Close();
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Close();
        return base.DisposeAsync();
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _stream.Dispose();
        _closed.Cancel();
        _closed.Dispose();
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
