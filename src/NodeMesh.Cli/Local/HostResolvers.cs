using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Cli.Local;

/// <summary>The machine's own name servers, asked for names outside of the cluster.</summary>
internal static class HostResolvers
{
    /// <summary>Reads them.</summary>
    /// <param name="path">A file as resolv.conf(5) describes it.</param>
    /// <returns>Their addresses; none when there is no such file.</returns>
    public static ImmutableArray<string> Read(string path) => !File.Exists(path) ? [] :
    [
        .. File.ReadLines(path).Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w is ["nameserver", var address, ..] && IPAddress.TryParse(address, out _)).Select(w => w[1]),
    ];
}
