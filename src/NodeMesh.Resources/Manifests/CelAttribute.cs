namespace NodeMesh.Resources.Manifests;

/// <summary>A rule for the API server, in the Common Expression Language. Manifests are held to the same rule by code.</summary>
/// <param name="rule">The rule.</param>
/// <param name="message">What is wrong when it does not hold.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class CelAttribute(string rule, string message) : Attribute
{
    /// <summary>The rule.</summary>
    public string Rule { get; } = rule;

    /// <summary>What is wrong when it does not hold.</summary>
    public string Message { get; } = message;
}
