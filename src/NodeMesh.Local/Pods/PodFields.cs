using System.Collections.Immutable;

namespace NodeMesh.Local.Pods;

/// <summary>The fields of a pod that its environment and its files may name (<c>fieldRef</c>).</summary>
internal static class PodFields
{
    /// <summary>A field's value.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="path">The field, such as <c>status.podIP</c> or <c>metadata.labels['app']</c>.</param>
    /// <exception cref="PodConfigException">There is no such field.</exception>
    public static string Read(Pod pod, string path)
    {
        var metadata = pod.Resource.Metadata;
        return path switch
        {
            "metadata.name" => pod.Name,
            "metadata.namespace" => pod.Namespace,
            "metadata.uid" => pod.Uid,
            "metadata.labels" => Lines(metadata.Labels),
            "metadata.annotations" => Lines(metadata.Annotations),
            "spec.nodeName" => pod.Node.Name,
            "spec.serviceAccountName" => pod.Resource.Spec.ServiceAccountName ?? "default",
            "status.podIP" => pod.V4.ToString(),
            "status.podIPs" => $"{pod.V4},{pod.V6}",
            "status.hostIP" => pod.Node.Addresses[0].ToString(),
            "status.hostIPs" => string.Join(',', pod.Node.Addresses),
            _ => Entry(metadata.Labels, "metadata.labels", path) ?? Entry(metadata.Annotations, "metadata.annotations", path)
                ?? throw new PodConfigException($"fieldRef.fieldPath: there is no field {path}"),
        };
    }

    private static string? Entry(ImmutableDictionary<string, string> map, string prefix, string path) =>
        path.StartsWith(prefix + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal)
            ? map.GetValueOrDefault(path[(prefix.Length + 2)..^2], "")
            : null;

    private static string Lines(ImmutableDictionary<string, string> map) =>
        string.Concat(map.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}=\"{e.Value.Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n"));
}
