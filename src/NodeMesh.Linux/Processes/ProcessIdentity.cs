using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Processes;

/// <summary>A process for ever: its id may be given to another one later, its id together with its start time may not.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="StartTime">When it started, in clock ticks since boot: field 22 of <c>/proc/PID/stat</c> (proc(5)).</param>
public readonly record struct ProcessIdentity(int Pid, ulong StartTime)
{
    private const int StartTimeField = 22;
    private const int StateField = 3;
    private const long PidfdOpen = 434;
    private const long PidfdSendSignal = 424;
    private const int NoSuchProcess = 3;

    /// <summary>This process.</summary>
    public static ProcessIdentity Current => Read(Environment.ProcessId) ?? throw new InvalidOperationException("/proc is not mounted");

    /// <summary>True while the process runs; a zombie does not.</summary>
    public bool IsAlive => ReadStat(Pid) is { } stat && Field(stat, StateField) is not ("Z" or "X") && StartOf(stat) == StartTime;

    /// <summary>Reads which process has an id now.</summary>
    /// <param name="pid">The process id.</param>
    /// <returns>The process; null when there is none.</returns>
    public static ProcessIdentity? Read(int pid) => ReadStat(pid) is { } stat ? new ProcessIdentity(pid, StartOf(stat)) : null;

    /// <summary>Sends a signal to this process and to no other, whatever happens to the id meanwhile.</summary>
    /// <param name="signal">The signal's number; 15 is SIGTERM, 9 is SIGKILL.</param>
    /// <returns>False when the process is gone.</returns>
    /// <exception cref="IOException">Not permitted.</exception>
    public bool Signal(int signal)
    {
        var descriptor = LibC.SystemCall(PidfdOpen, Pid, 0, 0, 0);
        if (descriptor < 0)
        {
            return Gone("pidfd_open");
        }

        try
        {
            // The descriptor holds whoever has the id now; only then is the start time worth comparing.
            if (!IsAlive)
            {
                return false;
            }

            return LibC.SystemCall(PidfdSendSignal, descriptor, signal, 0, 0) == 0 || Gone("pidfd_send_signal");
        }
        finally
        {
            _ = LibC.Close((int)descriptor);
        }
    }

    /// <summary><c>PID@START</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid}@{StartTime}");

    private static string? ReadStat(int pid)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (IOException)
        {
            // Not there, or ended while it was read (ESRCH).
            return null;
        }
    }

    private static ulong StartOf(string stat) => ulong.Parse(Field(stat, StartTimeField), CultureInfo.InvariantCulture);

    /// <summary>Fields are counted from the last bracket, since field 2, the name, may contain anything.</summary>
    private static string Field(string stat, int number) => stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[number - StateField];

    private static bool Gone(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new IOException($"{call}: {new Win32Exception(error).Message}");
    }
}
