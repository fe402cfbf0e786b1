using System.Collections.Immutable;
using NodeMesh.Kubernetes;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>A kind that cannot be read as it should be.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Blocks">True when the mesh is not served before it can.</param>
/// <param name="Effect">What is the matter, and what that means for the mesh.</param>
/// <param name="Reason">Why, and what to do about it.</param>
internal sealed record KindTrouble(ClusterKind Kind, bool Blocks, string Effect, string Reason)
{
    /// <summary>The kind as kubectl takes it.</summary>
    public string Resource => Kind.Kind.Group.Length == 0 ? Kind.Kind.Plural : $"{Kind.Kind.Plural}.{Kind.Kind.Group}";

    /// <summary>The sentence for people.</summary>
    public string Sentence => $"{Resource} {Effect}: {Reason}";

    /// <summary>A kind that has not been listed yet.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="answer">What the API server says.</param>
    public static KindTrouble Unlisted(ClusterKind kind, KubernetesException answer) => new(kind, kind.IsNeeded, $"{Can(answer)} be read, and {Without(kind)}", Remedy(answer));

    /// <summary>A kind whose watch is refused, after it had been listed.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="answer">What the API server says.</param>
    public static KindTrouble Unwatched(ClusterKind kind, KubernetesException answer) => new(kind, false, $"{Can(answer)} be watched, and stay as they were read last", Remedy(answer));

    /// <summary>A kind that is served in another version than the one that was read.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="version">The version that is served.</param>
    /// <param name="answer">What the API server says.</param>
    public static KindTrouble Moved(ClusterKind kind, string version, KubernetesException answer) =>
        new(kind, false, $"{Can(answer)} be read as {version}, and stay as they were read last", Remedy(answer));

    /// <summary>A kind that is defined, but served in no version that is read.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="versions">The versions that are served.</param>
    /// <param name="present">True when it was read before.</param>
    public static KindTrouble Unserved(ClusterKind kind, ImmutableArray<string> versions, bool present) => new(
        kind,
        kind.IsNeeded && !present,
        $"are served {(versions.IsEmpty ? "in no version" : $"as {string.Join(", ", versions)} alone")}, and {(present ? "stay as they were read last" : Without(kind))}",
        $"this control plane reads {string.Join(", ", kind.Versions)}: let their definition serve one of these too, or upgrade the mesh");

    /// <summary>A kind of a group of which the API server does not tell what it serves.</summary>
    /// <param name="kind">The kind.</param>
    public static KindTrouble Undiscovered(ClusterKind kind) =>
        new(kind, kind.IsNeeded, $"may be served or not, and {Without(kind)}", $"the API server does not answer for group {kind.Kind.Group}: see kubectl get apiservices");

    private static string Without(ClusterKind kind) => kind.IsNeeded ? "the mesh is not served without them" : "the mesh goes on without them";

    private static string Can(KubernetesException answer) => answer.IsForbidden ? "may not" : "cannot";

    private static string Remedy(KubernetesException answer) =>
        answer.IsForbidden ? $"grant the control plane's service account list and watch on them ({answer.Message})" : $"the API server answers: {answer.Message}";
}
