using System.Text.Json;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Install;

/// <summary>How far a Deployment or DaemonSet has come.</summary>
/// <param name="Ready">Pods of the newest version that are ready.</param>
/// <param name="Wanted">Pods that are wanted.</param>
/// <param name="Observed">Its controller has seen the newest version.</param>
internal readonly record struct Rollout(long Ready, long Wanted, bool Observed)
{
    /// <summary>Deployments.</summary>
    public static KubernetesKind Deployments { get; } = new("apps", "v1", "Deployment", "deployments", true);

    /// <summary>DaemonSets.</summary>
    public static KubernetesKind DaemonSets { get; } = new("apps", "v1", "DaemonSet", "daemonsets", true);

    /// <summary>Nothing is left to do.</summary>
    public bool IsDone => Observed && Ready >= Wanted;

    /// <summary>Reads it off an object.</summary>
    /// <param name="workload">The object.</param>
    public static Rollout Of(KubernetesObject workload)
    {
        var observed = Number(workload, "status", "observedGeneration") >= (workload.Metadata.Generation ?? 0);
        if (workload.Kind == "DaemonSet")
        {
            var wanted = Number(workload, "status", "desiredNumberScheduled");
            return new Rollout(Math.Min(Number(workload, "status", "updatedNumberScheduled"), Number(workload, "status", "numberAvailable")), wanted, observed);
        }

        return new Rollout(Math.Min(Number(workload, "status", "updatedReplicas"), Number(workload, "status", "readyReplicas")), Number(workload, "spec", "replicas"), observed);
    }

    private static long Number(KubernetesObject workload, string part, string field) =>
        workload[part] is { } element && element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;
}
