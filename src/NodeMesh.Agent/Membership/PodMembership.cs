using System.Collections.Immutable;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Agent.Membership;

/// <summary>Who belongs to the mesh: the same rule of labels as the control plane's.</summary>
internal static class PodMembership
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>Written by other meshes' agents, and of no meaning for capture: a change of it must not cut connections.</summary>
    private const string RedirectionAnnotation = "ambient.istio.io/redirection";

    private static readonly string[] CapturePrefixes = ["nodemesh.io/", "traffic.sidecar.istio.io/", "ambient.istio.io/", "istio.io/"];

    /// <summary>Looks at a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="ns">Its namespace; null when it is not known.</param>
    /// <returns>What the agent has to know.</returns>
    public static MeshedPod Of(V1Pod pod, V1Namespace? ns)
    {
        var meta = pod.Metadata;
        var annotations = meta.Annotations ?? [];
        return new MeshedPod
        {
            Uid = meta.Uid ?? string.Empty,
            Namespace = meta.Namespace ?? string.Empty,
            Name = meta.Name ?? string.Empty,
            ServiceAccount = pod.Spec?.ServiceAccountName is { Length: > 0 } account ? account : "default",
            KubeletUid = annotations.GetValueOrDefault(MirrorAnnotation, meta.Uid ?? string.Empty),
            Addresses = Addresses(pod.Status),
            Annotations = annotations
                .Where(a => a.Key != RedirectionAnnotation && CapturePrefixes.Any(p => a.Key.StartsWith(p, StringComparison.Ordinal)))
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
            IsMember = pod.Spec?.HostNetwork != true && Labels.JoinsMesh(Immutable(ns?.Metadata.Labels), Immutable(meta.Labels)),
            HasEnded = pod.Status?.Phase is "Succeeded" or "Failed",
        };
    }

    private static ImmutableArray<string> Addresses(V1PodStatus? status) =>
        status?.PodIPs is { Count: > 0 } all ? [.. all.Select(a => a.Ip).OfType<string>()]
        : status?.PodIP is { Length: > 0 } one ? [one]
        : [];

    private static ImmutableDictionary<string, string> Immutable(Dictionary<string, string>? labels) => labels?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty;
}
