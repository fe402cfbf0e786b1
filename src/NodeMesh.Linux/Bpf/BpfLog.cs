using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Linux.Bpf.Interop;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>
/// Where libbpf's own messages go. libbpf has one callback per process, so this is one per process too.
/// What it says about a call that fails is in that call's <see cref="BpfException"/>, and in the logger at Debug only.
/// </summary>
public static partial class BpfLog
{
    private const int LevelWarning = 0;
    private const int LevelDebug = 2;
    private static readonly Lock InstallLock = new();
    private static volatile ILogger _logger = NullLogger.Instance;
    private static bool _installed;

    /// <summary>Sends libbpf's messages to a logger from now on, instead of the one before.</summary>
    /// <param name="logger">The logger.</param>
    public static void WriteTo(ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(logger);
        _logger = logger;
    }

    /// <summary>Takes over libbpf's messages, which go to standard error otherwise.</summary>
    internal static unsafe void Install()
    {
        lock (InstallLock)
        {
            if (!_installed)
            {
                LibBpf.SetPrint(&OnMessage);
                _installed = true;
            }
        }
    }

    internal static void WriteWarning(string text) => LogWarning(_logger, text);

    internal static void WriteDebug(string text) => LogDebug(_logger, text);

    /// <summary>Called by libbpf on the thread that is inside one of its calls. No exception may leave it.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int OnMessage(int level, byte* format, void* arguments)
    {
        try
        {
            if (level >= LevelDebug && !_logger.IsEnabled(LogLevel.Debug))
            {
                return 0;
            }

            byte* text;
            var length = LibC.FormatAllocating(&text, format, arguments);
            if (length >= 0)
            {
                try
                {
                    Take(level, Encoding.UTF8.GetString(text, length).TrimEnd('\n'));
                }
                finally
                {
                    NativeMemory.Free(text);
                }
            }
        }
        catch (Exception)
        {
            // A logger that throws, or no memory: the message is lost, the process is not.
        }

        return 0;
    }

    private static void Take(int level, string text)
    {
        if (level >= LevelDebug)
        {
            WriteDebug(text);
        }
        else if (BpfLogCapture.Current is { } capture)
        {
            capture.Add(text);
        }
        else if (level == LevelWarning)
        {
            WriteWarning(text);
        }
        else
        {
            LogInformation(_logger, text);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "libbpf: {Text}")]
    private static partial void LogWarning(ILogger logger, string text);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "libbpf: {Text}")]
    private static partial void LogInformation(ILogger logger, string text);

    [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "libbpf: {Text}")]
    private static partial void LogDebug(ILogger logger, string text);
}
