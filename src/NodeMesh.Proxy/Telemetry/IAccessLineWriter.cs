using System.Net;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>Writes one access line, field by field.</summary>
internal interface IAccessLineWriter
{
    /// <summary>Begins a line.</summary>
    /// <param name="time">When it ended.</param>
    /// <param name="subject">What ended: <c>connection</c> or <c>request</c>.</param>
    /// <param name="failed">True for one that failed.</param>
    void Begin(DateTimeOffset time, string subject, bool failed);

    /// <summary>Writes a text; nothing when it is null or empty.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    void Text(string key, string? value);

    /// <summary>Writes an address; nothing when it is null.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    void Address(string key, IPEndPoint? value);

    /// <summary>Writes a number; nothing when it is null.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    void Number(string key, long? value);

    /// <summary>Writes a truth value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    void Flag(string key, bool value);

    /// <summary>Writes an instant.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    void Instant(string key, DateTimeOffset value);

    /// <summary>Ends the line.</summary>
    void End();
}
