namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// Bounds what a peer can make us do for nothing (RFC 9113 section 10.5). The bursts are an order above what busy honest
/// peers do: one PING in 10 s, a handful of SETTINGS, resets of streams that nobody had answered yet only when
/// applications give up while connecting.
/// </summary>
internal sealed class FloodGuard(TimeProvider time)
{
    // An honest peer answers data: the most eager one each frame, for the stream and for the connection, or each small piece that it consumes.
    private const int WindowUpdatesPerFrame = 4;
    private const int BytesPerWindowUpdate = 256;

    // What a long transfer leaves over must not pay for a flood after it.
    private const long MaxWindowCredit = 100_000;

    private TokenBucket _resets = new(time, 200, 50);
    private TokenBucket _settings = new(time, 50, 1);
    private TokenBucket _pings = new(time, 100, 10);
    private TokenBucket _emptyData = new(time, 100, 10);
    private TokenBucket _refused = new(time, 400, 100);
    private TokenBucket _idle = new(time, 1000, 100);
    private TokenBucket _windows = new(time, 1000, 100);
    private long _windowCredit;
    private long _windowCreditFor;

    /// <summary>A stream was reset before it was answered: CVE-2023-44487's pattern.</summary>
    public void OnEarlyReset() => Check(ref _resets, "rapid-reset", "it opens streams and resets them at once");

    public void OnSettings() => Check(ref _settings, "settings", "it sends SETTINGS all the time");

    public void OnPing() => Check(ref _pings, "ping", "it sends PING all the time");

    public void OnEmptyData() => Check(ref _emptyData, "empty-data", "it sends DATA frames without data");

    /// <summary>A stream above the limit was refused.</summary>
    public void OnRefused() => Check(ref _refused, "streams", "it opens more streams than allowed all the time");

    /// <summary>A frame that changes nothing: PRIORITY, unknown types, frames on closed streams, stream errors.</summary>
    public void OnUseless() => Check(ref _idle, "useless-frames", "it sends frames without effect all the time");

    /// <summary>A WINDOW_UPDATE; those that answer data that we sent are free.</summary>
    /// <param name="framesSent">DATA frames sent since the connection began.</param>
    /// <param name="bytesSent">Bytes of data sent since then.</param>
    public void OnWindowUpdate(long framesSent, long bytesSent)
    {
        var earned = (framesSent * WindowUpdatesPerFrame) + (bytesSent / BytesPerWindowUpdate);
        _windowCredit = Math.Min(_windowCredit + earned - _windowCreditFor, MaxWindowCredit);
        _windowCreditFor = earned;
        if (_windowCredit > 0)
        {
            _windowCredit--;
            return;
        }

        Check(ref _windows, "window-update", "it sends WINDOW_UPDATE all the time");
    }

    private static void Check(ref TokenBucket bucket, string kind, string what)
    {
        if (!bucket.TryTake())
        {
            throw new Http2ConnectionException(Http2ErrorCode.EnhanceYourCalm, $"the peer floods us: {what}", kind);
        }
    }
}
