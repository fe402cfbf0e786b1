namespace NodeMesh.Model.Routing;

/// <summary>Whether and how a request is tried again.</summary>
public sealed record RetryPolicy
{
    /// <summary>What is done without any policy.</summary>
    public static RetryPolicy Default { get; } = new() { Attempts = 2, Conditions = RetryConditions.Default };

    /// <summary>No second try.</summary>
    public static RetryPolicy Never { get; } = new() { Attempts = 0 };

    /// <summary>Tries beyond the first; 0 for none.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>When.</summary>
    public RetryConditions Conditions { get; init; }

    /// <summary>Response statuses on which it is tried again.</summary>
    public ValueList<int> Codes { get; init; }

    /// <summary>How long one try may take; null for the request's time-out.</summary>
    public TimeSpan? PerTryTimeout { get; init; }

    /// <summary>The wait before the first retry; it doubles from one to the next, with jitter. Null for 25 ms, as Envoy.</summary>
    public TimeSpan? Backoff { get; init; }

    /// <summary>True when an endpoint that failed is avoided by the retries (Istio does, the Gateway API says nothing).</summary>
    public bool AvoidFailedEndpoints { get; init; } = true;

    /// <summary>True when retries may go to other localities than the first try's.</summary>
    public bool RemoteLocalities { get; init; }
}
