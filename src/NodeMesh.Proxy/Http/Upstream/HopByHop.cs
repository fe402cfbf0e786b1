using Microsoft.Extensions.Primitives;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>Headers that are meant for the next hop alone (RFC 9110 section 7.6.1), and those that the engines write themselves.</summary>
internal static class HopByHop
{
    /// <summary>Says whether a header stays behind.</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="listed">The value of <c>Connection</c>.</param>
    /// <returns>True when it is not passed on.</returns>
    public static bool IsDropped(string name, StringValues listed) => IsAlwaysDropped(name) || (listed.Count > 0 && IsListed(name, listed));

    /// <summary>Says whether <c>Connection</c> names a header.</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="listed">The value of <c>Connection</c>.</param>
    /// <returns>True when it does.</returns>
    public static bool IsListed(string name, StringValues listed)
    {
        foreach (var value in listed)
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan(part).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsAlwaysDropped(string name) => name.Length switch
    {
        0 => true,
        2 => Is(name, "TE"),
        7 => Is(name, "Upgrade"),
        10 => Is(name, "Connection") || Is(name, "Keep-Alive"),
        14 => Is(name, "Content-Length"),
        16 => Is(name, "Proxy-Connection"),
        17 => Is(name, "Transfer-Encoding"),
        _ => name[0] == ':',
    };

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
