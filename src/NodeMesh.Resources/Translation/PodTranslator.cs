using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Resources.Translation;

/// <summary>Translates pods to workloads.</summary>
internal sealed class PodTranslator(MeshSettings settings)
{
    /// <summary>True for a pod that has ended, whose address may be another's by now.</summary>
    /// <param name="pod">The pod.</param>
    public static bool HasEnded(PodResource pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    /// <summary>The addresses of a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>The addresses; empty until it has one.</returns>
    public static ImmutableArray<IPAddress> Addresses(PodResource pod)
    {
        if (pod.Status is not { } status)
        {
            return [];
        }

        var texts = status.PodIPs.IsEmpty ? (status.PodIP is { } one ? [one] : []) : status.PodIPs.Select(ip => ip.Ip);
        return [.. texts.Select(text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>()];
    }

    /// <summary>Translates a pod; services and policies are added by others.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="addresses">Its addresses.</param>
    /// <param name="joins">Whether its labels make it join the mesh.</param>
    /// <param name="node">Its node, if known.</param>
    /// <returns>The workload.</returns>
    public Workload Translate(PodResource pod, ImmutableArray<IPAddress> addresses, bool joins, MeshNode? node)
    {
        var metadata = pod.Metadata;
        var (name, type) = Controller(metadata);
        var hostNetwork = pod.Spec.HostNetwork == true;
        var ready = metadata.DeletionTimestamp is null && pod.Status!.Conditions.Any(c => c is { Type: "Ready", Status: "True" });
        return new Workload
        {
            Uid = $"{settings.ClusterId}//Pod/{metadata.Namespace}/{metadata.Name}",
            Name = metadata.Name,
            Namespace = metadata.Namespace!,
            Addresses = addresses,
            TrustDomain = settings.TrustDomain,
            ServiceAccount = pod.Spec.ServiceAccountName is { Length: > 0 } account ? account : "default",
            Node = pod.Spec.NodeName ?? "",
            TunnelProtocol = joins && !hostNetwork ? TunnelProtocol.Hbone : TunnelProtocol.None,
            NetworkMode = hostNetwork ? NetworkMode.HostNetwork : NetworkMode.Standard,
            Health = ready ? WorkloadHealth.Healthy : WorkloadHealth.Unhealthy,
            CanonicalName = FirstLabel(metadata.Labels, name, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app"),
            CanonicalRevision = FirstLabel(metadata.Labels, "latest", "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version"),
            WorkloadName = name,
            WorkloadType = type,
            ClusterId = settings.ClusterId,
            Locality = node?.Locality ?? Locality.Unknown,
        };
    }

    private static string FirstLabel(ImmutableDictionary<string, string> labels, string otherwise, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (labels.TryGetValue(name, out var value) && value.Length > 0)
            {
                return value;
            }
        }

        return otherwise;
    }

    private static (string Name, WorkloadType Type) Controller(ObjectMeta metadata)
    {
        var owner = metadata.OwnerReferences.FirstOrDefault(o => o.Controller == true) ?? metadata.OwnerReferences.FirstOrDefault();
        return owner?.Kind switch
        {
            null => (metadata.Name, WorkloadType.Pod),
            "ReplicaSet" => (WithoutHash(owner.Name, metadata.Labels), WorkloadType.Deployment),
            "Job" when ScheduledName(owner.Name) is { } cronJob => (cronJob, WorkloadType.CronJob),
            "Job" => (owner.Name, WorkloadType.Job),
            "CronJob" => (owner.Name, WorkloadType.CronJob),
            _ => (owner.Name, WorkloadType.Deployment),
        };
    }

    private static string WithoutHash(string replicaSet, ImmutableDictionary<string, string> labels) =>
        labels.TryGetValue("pod-template-hash", out var hash) && hash.Length > 0 && replicaSet.EndsWith($"-{hash}", StringComparison.Ordinal)
            ? replicaSet[..^(hash.Length + 1)]
            : replicaSet;

    // A CronJob names its Jobs NAME-MINUTES, the minutes since 1970 having eight digits (ten when they were seconds, before Kubernetes 1.21).
    private static string? ScheduledName(string job)
    {
        var dash = job.LastIndexOf('-');
        return dash > 0 && job.Length - dash - 1 is >= 8 and <= 10 && job.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? job[..dash] : null;
    }
}
