using System.Collections.Immutable;

namespace NodeMesh.Resources.Translation;

/// <summary>The labels and annotations that NodeMesh reads.</summary>
public static class Labels
{
    /// <summary>Joins (ambient) or leaves (none) the mesh; on namespaces and pods.</summary>
    public const string DataplaneMode = "istio.io/dataplane-mode";

    /// <summary>Joins (enabled) or leaves (disabled) the mesh; on namespaces and pods.</summary>
    public const string Mesh = "nodemesh.io/mesh";

    /// <summary>The service that an EndpointSlice belongs to.</summary>
    public const string ServiceName = "kubernetes.io/service-name";

    /// <summary>The region of a node.</summary>
    public const string Region = "topology.kubernetes.io/region";

    /// <summary>The zone of a node.</summary>
    public const string Zone = "topology.kubernetes.io/zone";

    /// <summary>The subzone of a node.</summary>
    public const string Subzone = "topology.istio.io/subzone";

    /// <summary>Annotation: an AuthorizationPolicy is only logged.</summary>
    public const string DryRun = "istio.io/dry-run";

    /// <summary>Annotation of services and namespaces: which endpoints are preferred.</summary>
    public const string TrafficDistribution = "networking.istio.io/traffic-distribution";

    /// <summary>Says whether a pod joins the mesh: by its own labels or its namespace's; what leaves wins over what joins, the pod over the namespace.</summary>
    /// <param name="namespaceLabels">Labels of the namespace.</param>
    /// <param name="podLabels">Labels of the pod.</param>
    /// <returns>True when it joins. A pod in the host's network never does, whatever its labels.</returns>
    public static bool JoinsMesh(ImmutableDictionary<string, string> namespaceLabels, ImmutableDictionary<string, string> podLabels) =>
        Wish(podLabels) ?? Wish(namespaceLabels) ?? false;

    /// <summary>Says whether labels hold all wanted ones.</summary>
    /// <param name="wanted">Labels that must be equal.</param>
    /// <param name="labels">The labels.</param>
    /// <returns>True when they do; also when nothing is wanted.</returns>
    internal static bool Match(ImmutableDictionary<string, string> wanted, ImmutableDictionary<string, string> labels)
    {
        foreach (var (key, value) in wanted)
        {
            if (!labels.TryGetValue(key, out var actual) || !string.Equals(actual, value, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private static bool? Wish(ImmutableDictionary<string, string> labels)
    {
        var istio = labels.GetValueOrDefault(DataplaneMode);
        var own = labels.GetValueOrDefault(Mesh);
        if (istio == "none" || own == "disabled")
        {
            return false;
        }

        return istio == "ambient" || own == "enabled" ? true : null;
    }
}
