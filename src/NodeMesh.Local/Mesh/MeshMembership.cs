using System.Collections.Immutable;

namespace NodeMesh.Local.Mesh;

/// <summary>Who is in the mesh: a label of the pod decides, else one of its namespace.</summary>
internal static class MeshMembership
{
    /// <summary>Ambient mode's label.</summary>
    public const string DataplaneMode = "istio.io/dataplane-mode";

    /// <summary>NodeMesh's own label.</summary>
    public const string Mesh = "nodemesh.io/mesh";

    /// <summary>True when a pod is in the mesh.</summary>
    /// <param name="pod">The pod's labels.</param>
    /// <param name="ns">Its namespace's labels.</param>
    /// <param name="hostNetwork">True for pods without a network of their own: they cannot be captured.</param>
    public static bool IsMember(ImmutableDictionary<string, string> pod, ImmutableDictionary<string, string> ns, bool hostNetwork) =>
        !hostNetwork && (Says(pod) ?? Says(ns) ?? false);

    // "No" wins where the two labels of one object contradict each other.
    private static bool? Says(ImmutableDictionary<string, string> labels)
    {
        var mode = labels.GetValueOrDefault(DataplaneMode);
        var mesh = labels.GetValueOrDefault(Mesh);
        return mode == "none" || mesh == "disabled" ? false
            : mode == "ambient" || mesh == "enabled" ? true
            : null;
    }
}
