using NodeMesh.Model.Traffic;

namespace NodeMesh.Model.Balancing;

/// <summary>How much of its share an endpoint gets while it warms up.</summary>
public static class WarmUp
{
    /// <summary>The factor at an age.</summary>
    /// <param name="settings">How new endpoints begin.</param>
    /// <param name="age">Since the endpoint began to take traffic.</param>
    /// <returns>Above 0, and 1 once it is warm.</returns>
    public static double Factor(SlowStart settings, TimeSpan age)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (age >= settings.Duration)
        {
            return 1;
        }

        // An endpoint that got nothing would never be asked, and a share of zero cannot be compared with others.
        var least = Math.Clamp(settings.MinimumPercent, 0.01, 100) / 100;
        var share = Math.Max(0, age / settings.Duration);
        return Math.Max(least, settings.Aggression is 1 or <= 0 ? share : Math.Pow(share, 1 / settings.Aggression));
    }
}
