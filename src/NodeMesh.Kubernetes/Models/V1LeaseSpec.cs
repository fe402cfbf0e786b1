using System.Text.Json.Serialization;

namespace NodeMesh.Kubernetes.Models;

/// <summary>Holder and times of a <see cref="V1Lease"/>.</summary>
public sealed record V1LeaseSpec : KubernetesModel
{
    /// <summary>Who holds it; empty when it was given up.</summary>
    public string? HolderIdentity { get; set; }

    /// <summary>Seconds after the last renewal at which others may take it.</summary>
    public int? LeaseDurationSeconds { get; set; }

    /// <summary>When the holder took it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; set; }

    /// <summary>When the holder last renewed it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; set; }

    /// <summary>How often it changed hands.</summary>
    public int? LeaseTransitions { get; set; }
}
