using System.Globalization;
using System.Net;

namespace NodeMesh.Agent.Namespaces;

/// <summary>The addresses of a process's network namespace, read without entering it.</summary>
internal static class LocalAddresses
{
    private const string LocalLine = "/32 host LOCAL";

    /// <summary>Reads both families.</summary>
    /// <param name="process">The process's directory, such as <c>/proc/12</c>.</param>
    /// <returns>The addresses; empty when the process is gone.</returns>
    public static IReadOnlySet<IPAddress> Read(string process)
    {
        var found = new HashSet<IPAddress>();
        foreach (var address in ParseTrie(ReadLines(Path.Combine(process, "net/fib_trie"))).Concat(ParseIpv6(ReadLines(Path.Combine(process, "net/if_inet6")))))
        {
            found.Add(address);
        }

        return found;
    }

    /// <summary>Reads IPv4 addresses: in <c>fib_trie</c> each stands on the line before that which calls it local.</summary>
    /// <param name="lines">The file.</param>
    /// <returns>The addresses.</returns>
    public static IEnumerable<IPAddress> ParseTrie(IEnumerable<string> lines)
    {
        var last = string.Empty;
        foreach (var line in lines.Select(l => l.Trim()))
        {
            if (line == LocalLine && IPAddress.TryParse(last, out var address))
            {
                yield return address;
            }

            // "|-- 10.0.0.1"
            last = line.StartsWith("|-- ", StringComparison.Ordinal) ? line[4..] : last;
        }
    }

    /// <summary>Reads IPv6 addresses: in <c>if_inet6</c> the first column.</summary>
    /// <param name="lines">The file.</param>
    /// <returns>The addresses.</returns>
    public static IEnumerable<IPAddress> ParseIpv6(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var word = line.Split(' ')[0];
            if (word.Length == 32 && UInt128.TryParse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out _))
            {
                yield return new IPAddress(Convert.FromHexString(word));
            }
        }
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
