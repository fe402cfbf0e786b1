namespace NodeMesh.Kubernetes.LeaderElection;

/// <summary>How leaders are chosen; client-go's times by default.</summary>
/// <param name="Namespace">The lease's namespace.</param>
/// <param name="Name">The lease's name.</param>
/// <param name="Identity">Who this candidate is, unique among them: the pod's name.</param>
public sealed record LeaderElectionConfig(string Namespace, string Name, string Identity)
{
    /// <summary>How long others wait, from the last renewal that they saw, before they take the lease. Default 15 s.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the leader tries to renew before it stops leading; less than <see cref="LeaseDuration"/>. Default 10 s.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two tries. Default 2 s; up to 1.2 times more between two tries to acquire.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gives the lease up when it stops, so that another need not wait. Default on.</summary>
    public bool ReleaseOnCancel { get; init; } = true;

    internal void Validate()
    {
        if (LeaseDuration <= RenewDeadline)
        {
            throw new ArgumentException($"LeaseDuration ({LeaseDuration}) must be more than RenewDeadline ({RenewDeadline}), else two could lead at once");
        }

        if (RenewDeadline <= RetryPeriod * LeaderElector.JitterFactor)
        {
            throw new ArgumentException($"RenewDeadline ({RenewDeadline}) must be more than {LeaderElector.JitterFactor} times RetryPeriod ({RetryPeriod})");
        }

        if (LeaseDuration < TimeSpan.FromSeconds(1) || RetryPeriod <= TimeSpan.Zero)
        {
            throw new ArgumentException("LeaseDuration must be a second at least, and RetryPeriod more than nothing");
        }
    }
}
