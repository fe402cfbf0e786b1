namespace NodeMesh.Model.Balancing;

/// <summary>Places as Istio writes them: <c>region/zone/subzone</c>, where <c>*</c>, or nothing, stands for all that may follow.</summary>
public static class LocalityPattern
{
    /// <summary>Says whether a place is meant.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="locality">The place.</param>
    /// <returns>True when it is.</returns>
    public static bool Matches(ReadOnlySpan<char> pattern, Locality locality)
    {
        ArgumentNullException.ThrowIfNull(locality);
        for (var part = 0; part < 3; part++)
        {
            var slash = pattern.IndexOf('/');
            var head = slash < 0 ? pattern : pattern[..slash];
            if (head is "*" or "")
            {
                return true;
            }

            var actual = part switch { 0 => locality.Region, 1 => locality.Zone, _ => locality.Subzone };
            if (!head.SequenceEqual(actual))
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            pattern = pattern[(slash + 1)..];
        }

        return pattern.IsEmpty;
    }
}
