namespace NodeMesh.Kubernetes.LeaderElection;

/// <summary>What a lease says that matters: once it changes, its holder is alive.</summary>
internal readonly record struct LeaseRecord(string? Holder, int? Seconds, DateTimeOffset? AcquireTime, DateTimeOffset? RenewTime);
