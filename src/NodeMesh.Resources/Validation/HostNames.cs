using System.Net;

namespace NodeMesh.Resources.Validation;

/// <summary>Host names as Istio's kinds write them: short, qualified, or with a wildcard in front.</summary>
internal static class HostNames
{
    /// <summary>Says whether a text is a DNS name, short or qualified.</summary>
    /// <param name="name">The text.</param>
    /// <returns>True when it is.</returns>
    public static bool IsDomain(string name)
    {
        if (name.Length is 0 or > 255)
        {
            return false;
        }

        var labels = (name[^1] == '.' ? name[..^1] : name).Split('.');

        // A name whose last label is a number would be read as an address by resolvers.
        return labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit);
    }

    /// <summary>Says whether a text is a DNS name, or one that begins with a wildcard: <c>*.a</c>, or for part of a label <c>*-a</c> and <c>*a</c>.</summary>
    /// <param name="name">The text.</param>
    /// <returns>True when it is.</returns>
    public static bool IsWildcardDomain(string name)
    {
        if (!name.StartsWith('*') || name == "*")
        {
            return name == "*" || IsDomain(name);
        }

        return IsDomain(name[1] is '.' or '-' ? name[2..] : name[1..]);
    }

    /// <summary>Says whether a text is a DNS label in either case.</summary>
    /// <param name="label">The text.</param>
    /// <returns>True when it is.</returns>
    public static bool IsLabel(string label) =>
        label is { Length: > 0 and <= 63 } && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>Says whether a text is an address.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True when it is.</returns>
    public static bool IsAddress(string text) => IPAddress.TryParse(text, out _) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3);

    /// <summary>Says whether two names have a host in common.</summary>
    /// <param name="a">One name.</param>
    /// <param name="b">The other.</param>
    /// <returns>True when they have.</returns>
    public static bool Overlap(string a, string b) => (a.StartsWith('*'), b.StartsWith('*')) switch
    {
        (true, true) => a.Length < b.Length ? EndsWith(b, a[1..]) : EndsWith(a, b[1..]),
        (true, false) => EndsWith(b, a[1..]),
        (false, true) => EndsWith(a, b[1..]),
        _ => string.Equals(a, b, StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>Says whether every host of one name is one of another.</summary>
    /// <param name="inner">The one name.</param>
    /// <param name="outer">The other.</param>
    /// <returns>True when it is.</returns>
    public static bool IsWithin(string inner, string outer) =>
        outer.StartsWith('*') ? EndsWith(inner, outer[1..]) && inner.Length >= outer.Length - 1
        : !inner.StartsWith('*') && string.Equals(inner, outer, StringComparison.OrdinalIgnoreCase);

    private static bool EndsWith(string text, string ending) => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
