using NodeMesh.Model;

namespace NodeMesh.Proxy.Resilience;

/// <summary>What tells buckets apart: the rule, and the values by which it counts, in its order.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Rule">The rule's name.</param>
/// <param name="Service">The service.</param>
/// <param name="First">The first value; null where there is none.</param>
/// <param name="Second">The second.</param>
/// <param name="Third">The third.</param>
/// <param name="Fourth">The fourth, the last that a rule may have.</param>
internal readonly record struct RateLimitBucketKey(
    ResourceOrigin Policy, string Rule, NamespacedName Service, string? First = null, string? Second = null, string? Third = null, string? Fourth = null)
{
    /// <summary>How many values there may be.</summary>
    public const int MaximumValues = 4;

    /// <summary>Sets a value.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="value">The value.</param>
    /// <returns>The key with it.</returns>
    public RateLimitBucketKey With(int index, string value) => index switch
    {
        0 => this with { First = value },
        1 => this with { Second = value },
        2 => this with { Third = value },
        _ => this with { Fourth = value },
    };
}
