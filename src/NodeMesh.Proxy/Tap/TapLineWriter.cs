using System.Buffers;
using System.Net;
using NodeMesh.Proxy.Telemetry;

namespace NodeMesh.Proxy.Tap;

/// <summary>Writes events of a tap as access lines in JSON, with <c>event</c> (opened, closed, request) and <c>node</c> before the other fields.</summary>
/// <param name="output">Where to.</param>
/// <param name="node">The node.</param>
internal sealed class TapLineWriter(IBufferWriter<byte> output, string node) : IAccessLineWriter, IDisposable
{
    private readonly JsonAccessLineWriter _line = new(output);
    private bool _opened;

    /// <summary>Writes an event.</summary>
    /// <param name="item">The event.</param>
    public void Write(TapEvent item)
    {
        _opened = item.Opened;
        if (item.Request is { } request)
        {
            RequestLine.Write(request, this);
        }
        else
        {
            AccessLine.Write(item.Connection!, this);
        }
    }

    public void Begin(DateTimeOffset time, string subject, bool failed)
    {
        _line.Begin(time, _opened ? "opened" : subject, failed && !_opened);
        _line.Text("event", _opened ? "opened" : subject == "connection" ? "closed" : "request");
        _line.Text("node", node);
    }

    // A connection that has opened may have ended since, and what its end was is told then.
    public void Text(string key, string? value)
    {
        if (!(_opened && key is ("duration" or "reason" or "flags" or "error")))
        {
            _line.Text(key, value);
        }
    }

    public void Address(string key, IPEndPoint? value) => _line.Address(key, value);

    public void Number(string key, long? value)
    {
        if (!(_opened && key is ("bytes_sent" or "bytes_recv")))
        {
            _line.Number(key, value);
        }
    }

    public void Flag(string key, bool value) => _line.Flag(key, value);

    public void Instant(string key, DateTimeOffset value) => _line.Instant(key, value);

    public void End() => _line.End();

    public void Dispose() => _line.Dispose();
}
