using System.Buffers;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>Access lines as one flat JSON object each.</summary>
/// <param name="output">Where to.</param>
internal sealed class JsonAccessLineWriter(IBufferWriter<byte> output) : IAccessLineWriter, IDisposable
{
    // Lines go to a log, not into HTML: '+' and quotes in error texts stay readable.
    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public void Begin(DateTimeOffset time, string subject, bool failed)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("level"u8, failed ? "error" : "info");
        _json.WriteString("time"u8, time.UtcDateTime);
        _json.WriteString("scope"u8, "access"u8);
        _json.WriteString("message"u8, (subject, failed) switch
        {
            ("opened", _) => "connection opened",
            ("connection", true) => "connection failed",
            ("connection", false) => "connection complete",
            (_, true) => "request failed",
            _ => "request complete",
        });
    }

    public void Text(string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _json.WriteString(key, value);
        }
    }

    public void Address(string key, IPEndPoint? value)
    {
        if (value is not null)
        {
            _json.WriteString(key, value.ToString());
        }
    }

    public void Number(string key, long? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(key, number);
        }
    }

    public void Flag(string key, bool value) => _json.WriteBoolean(key, value);

    public void Instant(string key, DateTimeOffset value) => _json.WriteString(key, value.UtcDateTime);

    public void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.GetSpan(1)[0] = (byte)'\n';
        output.Advance(1);
    }

    public void Dispose() => _json.Dispose();
}
