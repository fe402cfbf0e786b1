using System.Runtime.InteropServices;

namespace NodeMesh.Local.Tools;

/// <summary>What the base library does not offer for processes: signals by number, and becoming another program.</summary>
public static partial class NativeProcess
{
    /// <summary>The polite request to end.</summary>
    public const int SignalTerminate = 15;

    private const int SignalPipe = 13;

    /// <summary>Sends a signal.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="signal">The signal's number.</param>
    /// <returns>True when the process was there.</returns>
    public static bool Signal(int processId, int signal) => Kill(processId, signal) == 0;

    /// <summary>
    /// Replaces this process by another program, which inherits terminal and streams, so that exit code and signals are its own.
    /// Returns only when that fails.
    /// </summary>
    /// <param name="file">The program's path.</param>
    /// <param name="arguments">Its arguments, beginning with its name.</param>
    /// <param name="environment">Its environment, as <c>NAME=value</c>.</param>
    /// <returns>The error number.</returns>
    public static unsafe int Replace(string file, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        // The runtime ignores SIGPIPE, and an ignored signal stays ignored across execve: `yes | head` would never end.
        _ = SetSignal(SignalPipe, 0);
        var argv = ToNative(arguments);
        var envp = ToNative(environment);
        fixed (nint* a = argv)
        fixed (nint* e = envp)
        {
            _ = Execute(file, a, e);
        }

        return Marshal.GetLastPInvokeError();
    }

    private static nint[] ToNative(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Execute(string file, nint* arguments, nint* environment);
}
