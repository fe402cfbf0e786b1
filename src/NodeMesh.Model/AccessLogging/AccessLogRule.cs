namespace NodeMesh.Model.AccessLogging;

/// <summary>Which access lines are written.</summary>
/// <param name="IsDisabled">True for none.</param>
/// <param name="Filter">Which; null for all.</param>
public sealed record AccessLogRule(bool IsDisabled, AccessLogFilter? Filter)
{
    /// <summary>All of them.</summary>
    public static AccessLogRule All { get; } = new(false, null);

    /// <summary>True when requests have to be seen for it.</summary>
    public bool NeedsRequests => !IsDisabled && Filter is { NeedsRequests: true };

    /// <summary>Says whether a line is written.</summary>
    /// <param name="facts">What it would be about.</param>
    /// <returns>True when it is.</returns>
    public bool Allows(IAccessFacts facts) => !IsDisabled && (Filter is null || Filter.Allows(facts));
}
