namespace NodeMesh.Identity;

/// <summary>How a store fetches and renews certificates.</summary>
public sealed record CertificateStoreOptions
{
    /// <summary>The lifetime asked for. Default 24 hours.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How many requests may be under way at once. Default 8.</summary>
    public int MaxConcurrentRequests { get; init; } = 8;

    /// <summary>How long a caller of <see cref="CertificateStore.GetAsync"/> waits for a certificate. Default 5 seconds.</summary>
    public TimeSpan WaitTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one request may take before its slot is given to another. Default 10 seconds.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the longest pause between two attempts for one identity ends. Default 150 seconds.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(150);
}
