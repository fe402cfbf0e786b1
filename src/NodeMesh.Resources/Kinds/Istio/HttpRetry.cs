using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which failed requests are tried again.</summary>
public sealed record HttpRetry
{
    /// <summary>Tries beyond the first; 0 switches retries off.</summary>
    public int? Attempts { get; init; }

    /// <summary>How long one try may take.</summary>
    [GoDuration]
    public string? PerTryTimeout { get; init; }

    /// <summary>Conditions and statuses, separated by commas.</summary>
    public string? RetryOn { get; init; }

    /// <summary>Whether other localities are tried.</summary>
    public bool? RetryRemoteLocalities { get; init; }

    /// <summary>Whether endpoints that failed are left out.</summary>
    public bool? RetryIgnorePreviousHosts { get; init; }

    /// <summary>The shortest wait before a try.</summary>
    [GoDuration]
    public string? Backoff { get; init; }
}
