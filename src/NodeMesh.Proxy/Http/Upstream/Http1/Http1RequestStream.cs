using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;

namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>Where the body of a request is written: as it is, or in chunks. Small parts wait for the flush, so that they leave together with the head.</summary>
/// <param name="output">The connection's writer.</param>
/// <param name="isChunked">True to write chunks.</param>
/// <param name="count">Told how many bytes are written.</param>
internal sealed class Http1RequestStream(PipeWriter output, bool isChunked, Action<long> count) : Stream
{
    /// <summary>What is larger is sent from where it lies.</summary>
    private const int CopyLimit = 8 * 1024;

    /// <inheritdoc/>
    public override bool CanRead => false;

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

    /// <summary>Ends the body, and sends what waits.</summary>
    /// <param name="trailers">What stands behind it; without chunks there is no place for any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is sent.</returns>
    public async Task EndAsync(IReadOnlyList<KeyValuePair<string, string>> trailers, CancellationToken cancellationToken)
    {
        if (isChunked)
        {
            output.Write("0\r\n"u8);
            foreach (var (name, value) in trailers)
            {
                Http1RequestWriter.WriteHeader(output, name, value);
            }

            output.Write("\r\n"u8);
        }

        await FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            // An empty chunk would end the body.
            return;
        }

        if (isChunked)
        {
            var span = output.GetSpan(20);
            buffer.Length.TryFormat(span, out var digits, "x", CultureInfo.InvariantCulture);
            "\r\n"u8.CopyTo(span[digits..]);
            output.Advance(digits + 2);
        }

        if (buffer.Length <= CopyLimit && output.UnflushedBytes <= CopyLimit)
        {
            output.Write(buffer.Span);
        }
        else
        {
            count(output.UnflushedBytes + buffer.Length);
            await output.WriteAsync(buffer, cancellationToken);
        }

        if (isChunked)
        {
            output.Write("\r\n"u8);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        count(output.UnflushedBytes);
        await output.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
