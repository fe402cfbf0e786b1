namespace NodeMesh.Model.Routing;

/// <summary>Host names with a wildcard: <c>*</c> is every name, <c>*.example.com</c> every name that ends with <c>.example.com</c>, however many labels come before.</summary>
public static class HostPattern
{
    /// <summary>Compares.</summary>
    /// <param name="pattern">A name or pattern, in lower case.</param>
    /// <param name="host">A name, in lower case.</param>
    /// <returns>True on a match.</returns>
    public static bool Matches(string pattern, ReadOnlySpan<char> host)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return pattern.StartsWith('*')
            ? host.Length >= pattern.Length && host.EndsWith(pattern.AsSpan(1), StringComparison.Ordinal)
              || pattern.Length == 1
            : host.SequenceEqual(pattern);
    }

    /// <summary>Says whether a name is a pattern.</summary>
    /// <param name="host">The name.</param>
    /// <returns>True when it begins with an asterisk.</returns>
    public static bool IsPattern(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.StartsWith('*');
    }
}
