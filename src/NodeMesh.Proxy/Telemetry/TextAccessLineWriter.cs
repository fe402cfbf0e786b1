using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>Access lines as <c>TIME LEVEL access connection complete key=value …</c>, texts in quotes.</summary>
/// <param name="output">Where to.</param>
internal sealed class TextAccessLineWriter(IBufferWriter<byte> output) : IAccessLineWriter
{
    private static readonly SearchValues<char> NeedEscape = SearchValues.Create("\"\\\n\r\t");

    public void Begin(DateTimeOffset time, string subject, bool failed)
    {
        WriteInstant(time);
        Ascii(failed ? " error access " : " info access ");
        Ascii(subject);
        Ascii(failed ? " failed" : " complete");
    }

    public void Text(string key, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        Key(key);
        Ascii("\"");
        if (value.AsSpan().ContainsAny(NeedEscape))
        {
            value = value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", @"\n", StringComparison.Ordinal).Replace("\r", @"\r", StringComparison.Ordinal).Replace("\t", @"\t", StringComparison.Ordinal);
        }

        Encoding.UTF8.GetBytes(value, output);
        Ascii("\"");
    }

    public void Address(string key, IPEndPoint? value)
    {
        if (value is not null)
        {
            Key(key);
            Format(value);
        }
    }

    public void Number(string key, long? value)
    {
        if (value is { } number)
        {
            Key(key);
            Format(number);
        }
    }

    public void Flag(string key, bool value)
    {
        Key(key);
        Ascii(value ? "true" : "false");
    }

    public void Instant(string key, DateTimeOffset value)
    {
        Key(key);
        WriteInstant(value);
    }

    public void End() => Ascii("\n");

    private void Key(string key)
    {
        Ascii(" ");
        Ascii(key);
        Ascii("=");
    }

    private void Format(IUtf8SpanFormattable value)
    {
        value.TryFormat(output.GetSpan(64), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private void Format(IPEndPoint value)
    {
        var v6 = value.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        Ascii(v6 ? "[" : "");
        value.Address.TryFormat(output.GetSpan(80), out var written);
        output.Advance(written);
        Ascii(v6 ? "]:" : ":");
        Format(value.Port);
    }

    private void WriteInstant(DateTimeOffset value)
    {
        value.UtcDateTime.TryFormat(output.GetSpan(40), out var written, "yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private void Ascii(string text) => Encoding.UTF8.GetBytes(text, output);
}
