using System.Collections.Concurrent;
using System.Numerics;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Response flags as the access log and metrics write them: <c>UF,URX</c>, and <c>-</c> for none.</summary>
internal static class ResponseFlagText
{
    private static readonly string[] Words = ["UF", "UC", "UH", "UO", "UT", "UR", "UPE", "URX", "NR", "NC", "RL", "FI", "DI", "DC", "DPE", "UAEX"];

    // The combinations that occur are few.
    private static readonly ConcurrentDictionary<ResponseFlag, string> Known = new();

    /// <summary>Writes flags.</summary>
    /// <param name="flags">The flags.</param>
    /// <returns>The words.</returns>
    public static string Of(ResponseFlag flags) => flags == ResponseFlag.None ? "-" : Known.GetOrAdd(flags, Join);

    private static string Join(ResponseFlag flags)
    {
        var words = new List<string>(2);
        for (var rest = (uint)flags; rest != 0; rest &= rest - 1)
        {
            words.Add(Words[BitOperations.TrailingZeroCount(rest)]);
        }

        return string.Join(',', words);
    }
}
