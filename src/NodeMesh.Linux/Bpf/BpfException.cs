using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf;

/// <summary>The kernel or libbpf refused something: with the errno, and the last lines of the verifier's and libbpf's log where there are any.</summary>
public sealed class BpfException : IOException
{
    /// <summary>The end of a verifier's log says what is wrong; all of it can be megabytes.</summary>
    private const int LinesInMessage = 20;

    /// <summary>Makes the error.</summary>
    /// <param name="action">What was refused, such as <c>loading BPF object capture</c>.</param>
    /// <param name="errno">The error number; 0 when the refusal is ours.</param>
    /// <param name="log">What libbpf and the verifier said last.</param>
    public BpfException(string action, int errno, IReadOnlyList<string>? log = null)
        : base(Describe(action, errno, log ?? []))
    {
        Errno = errno;
        Log = log ?? [];
    }

    /// <summary>The error number of the kernel or libbpf, such as <see cref="BpfErrno.NotFound"/>; 0 when there is none.</summary>
    public int Errno { get; }

    /// <summary>The last lines that the verifier and libbpf said about it; empty where they say nothing.</summary>
    public IReadOnlyList<string> Log { get; }

    /// <summary>Passes on what libbpf returned unless it is negative.</summary>
    internal static int ThrowIfFailed(int result, string action)
    {
        if (result < 0)
        {
            Throw(action, -result);
        }

        return result;
    }

    /// <summary>The error of a call that leaves its number in errno.</summary>
    internal static BpfException FromLastError(string action, BpfLogCapture? log = null) =>
        new(action, Marshal.GetLastPInvokeError(), log?.TakeLines());

    [DoesNotReturn]
    internal static void Throw(string action, int errno) => throw new BpfException(action, errno);

    private static string Describe(string action, int errno, IReadOnlyList<string> log)
    {
        var reason = errno == 0 ? action : $"{action}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
        return log.Count == 0 ? reason : $"{reason}\n{string.Join('\n', log.TakeLast(LinesInMessage))}";
    }
}
