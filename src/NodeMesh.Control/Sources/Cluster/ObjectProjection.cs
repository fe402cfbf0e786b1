using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>Makes objects of the API server small, and documents of them.</summary>
internal static class ObjectProjection
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Drops what is not read, before an object is kept.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="value">The object.</param>
    /// <returns>A smaller one.</returns>
    public static KubernetesObject Shrink(ClusterKind kind, KubernetesObject value)
    {
        var metadata = value.Metadata;
        var small = new KubernetesObject
        {
            Metadata = new V1ObjectMeta
            {
                Name = metadata.Name,
                Namespace = metadata.Namespace,
                Uid = metadata.Uid,
                ResourceVersion = metadata.ResourceVersion,
                Generation = metadata.Generation,
                CreationTimestamp = metadata.CreationTimestamp,
                DeletionTimestamp = metadata.DeletionTimestamp,
                Labels = metadata.Labels,
                Annotations = metadata.Annotations?.Where(a => a.Key != LastApplied).ToDictionary(),
                OwnerReferences = metadata.OwnerReferences,
            },
        };
        foreach (var (name, field) in value.Fields ?? [])
        {
            if (kind.Fields?.Keeps(name) != false)
            {
                small[name] = kind.Fields?.Take(name, field) ?? field;
            }
        }

        return small;
    }

    /// <summary>Makes a document.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="value">A small object.</param>
    /// <param name="findings">Takes what is wrong with it.</param>
    /// <returns>The document; null when something is.</returns>
    public static ManifestDocument? Read(ClusterKind kind, KubernetesObject value, List<Finding> findings)
    {
        var set = ManifestReader.ReadText(Text(kind, value), "cluster.json");
        findings.AddRange(set.Findings.Where(f => kind.IsMeshKind || f.Level == FindingLevel.Error).Select(f => f with { File = null, Line = 0, Column = 0 }));
        return set.Documents is [var document] ? document with { File = "", Line = 0 } : null;
    }

    /// <summary>Makes what holds instead of an object that is broken and was never good.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="value">A small object.</param>
    /// <param name="findings">What is wrong with it.</param>
    /// <returns>The document; null when its kind protects nothing.</returns>
    public static ManifestDocument? ReadClosed(ClusterKind kind, KubernetesObject value, IReadOnlyCollection<Finding> findings)
    {
        if (!ClosedPolicy.Exists(kind.Kind))
        {
            return null;
        }

        var set = ManifestReader.ReadText(Text(kind, value), "cluster.json", ManifestOptions.Default with { KeepPartial = true });
        return set.Documents is [var document] ? ClosedPolicy.Of(document with { File = "", Line = 0 }, [.. findings.Where(f => f.Level == FindingLevel.Error)]) : null;
    }

    private static string Text(ClusterKind kind, KubernetesObject value)
    {
        // The version changes with each write, also with one that changes nothing that is read.
        var root = JsonSerializer.SerializeToNode(
            value with { ApiVersion = kind.Kind.ApiVersion, Kind = kind.Kind.Kind, Metadata = value.Metadata with { ResourceVersion = null } },
            KubernetesJsonContext.Default.KubernetesObject)!;
        if (kind.IsMeshKind)
        {
            // What we write there ourselves must not count as a change.
            ((JsonObject)root).Remove("status");
        }

        if (kind == ClusterKinds.EndpointSlices)
        {
            foreach (var endpoint in root["endpoints"] as JsonArray ?? [])
            {
                LiftTopology((JsonObject)endpoint!);
            }
        }

        return root.ToJsonString();
    }

    /// <summary>Version v1beta1 of EndpointSlices has labels of the node where v1 has its name and zone.</summary>
    private static void LiftTopology(JsonObject endpoint)
    {
        if (endpoint.Remove("topology", out var topology) && topology is JsonObject labels)
        {
            endpoint["nodeName"] ??= labels["kubernetes.io/hostname"]?.DeepClone();
            endpoint["zone"] ??= labels["topology.kubernetes.io/zone"]?.DeepClone();
        }
    }
}
