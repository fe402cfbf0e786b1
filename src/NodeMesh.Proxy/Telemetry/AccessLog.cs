using System.Buffers;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>
/// One line per connection, when it has ended, and per request where requests are looked at, where no Telemetry says otherwise. Both only enqueue; one task formats and writes. When the reader of the log is too slow, lines are
/// dropped and counted: traffic never waits for a log.
/// </summary>
internal sealed partial class AccessLog : IConnectionObserver, IRequestObserver, IAsyncDisposable
{
    /// <summary>Lines that may wait: some seconds of a busy node, and a few MiB.</summary>
    private const int Capacity = 16_384;

    /// <summary>One write takes about this many bytes, so that a burst costs few system calls.</summary>
    private const int Batch = 64 * 1024;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Channel<object> _queue = Channel.CreateBounded<object>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * Batch);
    private readonly IAccessLineWriter _line;
    private readonly Stream _output;
    private readonly ILogger _log;
    private readonly Meter _meter = new("NodeMesh.Proxy.AccessLog");
    private readonly Counter<long> _lines;
    private readonly Counter<long> _dropped;
    private readonly Task _writer;

    /// <summary>Begins to write.</summary>
    /// <param name="format"><see cref="AccessLogFormat.Text"/> or <see cref="AccessLogFormat.Json"/>.</param>
    /// <param name="output">Where to; not closed.</param>
    /// <param name="log">For trouble with the output.</param>
    public AccessLog(AccessLogFormat format, Stream output, ILoggerFactory log)
    {
        _output = output;
        _log = log.CreateLogger<AccessLog>();
        _line = format == AccessLogFormat.Json ? new JsonAccessLineWriter(_buffer) : new TextAccessLineWriter(_buffer);
        _lines = _meter.CreateCounter<long>("nodemesh_access_log_lines_total", description: "Access lines written.");
        _dropped = _meter.CreateCounter<long>("nodemesh_access_log_dropped_total", description: "Access lines dropped because their reader was too slow or gone.");
        _writer = Task.Run(RunAsync);
    }

    /// <summary>Reads the configuration's word.</summary>
    /// <param name="word"><c>json</c>, <c>text</c> or <c>off</c>.</param>
    /// <exception cref="FormatException">Another word.</exception>
    public static AccessLogFormat ParseFormat(string word) => word switch
    {
        "json" => AccessLogFormat.Json,
        "text" => AccessLogFormat.Text,
        "off" => AccessLogFormat.Off,
        _ => throw new FormatException($"accessLog is '{word}': use json, text or off"),
    };

    /// <inheritdoc/>
    void IConnectionObserver.Opened(ConnectionRecord connection)
    {
        // A line is written once, at the end.
    }

    /// <inheritdoc/>
    void IConnectionObserver.Closed(ConnectionRecord connection)
    {
        // Its requests have lines of their own.
        if (!connection.CarriesRequests && IsWanted(connection))
        {
            Enqueue(connection);
        }
    }

    /// <inheritdoc/>
    void IRequestObserver.Completed(RequestRecord request)
    {
        if (request.SourceWorkload?.AccessLog is not { } policy || policy.Client.Allows(request))
        {
            Enqueue(request);
        }
    }

    /// <summary>Writes what is waiting, for at most five seconds, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        try
        {
            await _writer.WaitAsync(StopLimit);
        }
        catch (TimeoutException)
        {
            LogStuck(_log, _queue.Reader.Count);
        }

        (_line as IDisposable)?.Dispose();
        _meter.Dispose();
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The access log cannot be written, lines are dropped until it can: {Error}")]
    private static partial void LogUnwritable(ILogger log, string error);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The access log's reader does not read; {Lines} lines are lost")]
    private static partial void LogStuck(ILogger log, int lines);

    /// <summary>What Telemetries say of the workload that this end of the connection belongs to.</summary>
    private static bool IsWanted(ConnectionRecord connection) => connection.Direction == ConnectionDirection.Outbound
        ? connection.SourceWorkload?.AccessLog is not { } policy || policy.Client.Allows(connection)
        : connection.DestinationWorkload?.AccessLog is not { } own || own.Server.Allows(connection);

    private void Enqueue(object record)
    {
        if (!_queue.Writer.TryWrite(record))
        {
            _dropped.Add(1);
        }
    }

    private void Write(object record)
    {
        if (record is RequestRecord request)
        {
            RequestLine.Write(request, _line);
        }
        else
        {
            AccessLine.Write((ConnectionRecord)record, _line);
        }
    }

    private async Task RunAsync()
    {
        var broken = false;
        while (await _queue.Reader.WaitToReadAsync())
        {
            var lines = 0;
            while (_buffer.WrittenCount < Batch && _queue.Reader.TryRead(out var record))
            {
                Write(record);
                lines++;
            }

            try
            {
                await _output.WriteAsync(_buffer.WrittenMemory);
                await _output.FlushAsync();
                _lines.Add(lines);
                broken = false;
            }
            catch (IOException e)
            {
                _dropped.Add(lines);
                if (!broken)
                {
                    LogUnwritable(_log, e.Message);
                }

                broken = true;
            }

            _buffer.ResetWrittenCount();
        }
    }
}
