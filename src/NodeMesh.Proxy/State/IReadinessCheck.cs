namespace NodeMesh.Proxy.State;

/// <summary>One thing that must be so before the proxy is ready; the readiness endpoint names those that are not.</summary>
internal interface IReadinessCheck
{
    /// <summary>A short name, such as <c>discovery</c>.</summary>
    string Name { get; }

    /// <summary>What is missing.</summary>
    /// <returns>Null when ready, else one line for the operator.</returns>
    string? Pending();
}
