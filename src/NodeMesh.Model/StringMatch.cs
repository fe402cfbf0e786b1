namespace NodeMesh.Model;

/// <summary>A comparison of a string.</summary>
/// <param name="Kind">How it compares.</param>
/// <param name="Value">What it compares with; empty for <see cref="StringMatchKind.Presence"/>.</param>
public readonly record struct StringMatch(StringMatchKind Kind, string Value)
{
    /// <summary>Compares.</summary>
    /// <param name="candidate">The string to test; null or empty means absent, which nothing matches.</param>
    /// <returns>True on a match.</returns>
    public bool Matches(string? candidate)
    {
        if (string.IsNullOrEmpty(candidate))
        {
            return false;
        }

        return Kind switch
        {
            StringMatchKind.Exact => string.Equals(candidate, Value, StringComparison.Ordinal),
            StringMatchKind.Prefix => candidate.StartsWith(Value, StringComparison.Ordinal),
            StringMatchKind.Suffix => candidate.EndsWith(Value, StringComparison.Ordinal),
            StringMatchKind.Presence => true,
            _ => false,
        };
    }
}
