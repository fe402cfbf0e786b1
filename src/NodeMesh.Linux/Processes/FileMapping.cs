using System.Globalization;
using System.Text;

namespace NodeMesh.Linux.Processes;

/// <summary>A part of a program or library in this process's memory that nothing but its file has ever been written to, so that the kernel can read it again.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">The address behind it.</param>
/// <param name="Inode">Its file.</param>
public readonly record struct FileMapping(nint Start, nint End, ulong Inode)
{
    /// <summary>Reads <c>/proc/self/smaps</c> (proc_pid_smaps(5)).</summary>
    internal static HashSet<FileMapping> ReadAll()
    {
        var mappings = new HashSet<FileMapping>();
        FileMapping? current = null;
        using var smaps = new StreamReader("/proc/self/smaps", Encoding.UTF8);
        Span<char> line = stackalloc char[512];
        while (ReadLine(smaps, line) is var length and >= 0)
        {
            var text = line[..length];
            if (text.StartsWith("Anonymous:"))
            {
                // A page that was written to, such as a relocated one, is in no file any more.
                if (current is { } candidate && Kibibytes(text) == 0)
                {
                    mappings.Add(candidate);
                }

                current = null;
            }
            else if (length > 0 && char.IsAsciiHexDigitLower(text[0]) && text.Contains('-'))
            {
                current = ParseHeader(text);
            }
        }

        return mappings;
    }

    /// <summary><c>7f00-7f01 r-xp 00000000 fe:01 123    /usr/lib/libc.so.6</c>; null for what is not a library's, or can be written to.</summary>
    internal static FileMapping? ParseHeader(ReadOnlySpan<char> line)
    {
        Span<Range> words = stackalloc Range[6];
        if (line.SplitAny(words, " ", StringSplitOptions.RemoveEmptyEntries) != words.Length
            || line[words[1]] is not ("r-xp" or "r--p" or "r--s")
            || !IsLibrary(line[words[5]])
            || !ulong.TryParse(line[words[4]], CultureInfo.InvariantCulture, out var inode))
        {
            return null;
        }

        var range = line[words[0]];
        var dash = range.IndexOf('-');
        return nint.TryParse(range[..dash], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var start)
            && nint.TryParse(range[(dash + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var end)
            ? new FileMapping(start, end, inode)
            : null;
    }

    private static bool IsLibrary(ReadOnlySpan<char> path) =>
        path.StartsWith("/") && (path.EndsWith(".dll") || path.EndsWith(".so") || path.Contains(".so.", StringComparison.Ordinal)) && !path.EndsWith(" (deleted)");

    private static int Kibibytes(ReadOnlySpan<char> line)
    {
        var value = line[(line.IndexOf(':') + 1)..].Trim();
        return int.Parse(value[..value.IndexOf(' ')], CultureInfo.InvariantCulture);
    }

    /// <summary>Reads without a string for each of some ten thousand lines; what does not fit is cut.</summary>
    private static int ReadLine(StreamReader reader, Span<char> line)
    {
        var length = 0;
        int next;
        while ((next = reader.Read()) is not (-1 or '\n'))
        {
            if (length < line.Length)
            {
                line[length++] = (char)next;
            }
        }

        return next == -1 && length == 0 ? -1 : length;
    }
}
