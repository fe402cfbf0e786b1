using System.Collections.Immutable;
using System.Text;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Cli.Cluster;

/// <summary>The resources of a cluster, as if they had been read from a file.</summary>
internal sealed class ClusterManifests
{
    /// <summary>What stands where a file's name stands.</summary>
    public const string Source = "cluster";

    /// <summary>Kinds whose content is no configuration of the mesh, and may be secret or large.</summary>
    private static readonly ImmutableArray<string> Skipped = ["Secret", "ConfigMap", "Endpoints"];

    private static readonly ImmutableArray<string> KubernetesGroups = ["", "apps", "batch", "discovery.k8s.io", "networking.k8s.io"];

    private readonly string _text;

    private ClusterManifests(string text, ImmutableArray<string> unread)
    {
        _text = text;
        Unread = unread;
    }

    /// <summary>Kinds that are there and could not be read, as sentences: what depends on them is not known.</summary>
    public ImmutableArray<string> Unread { get; }

    /// <summary>Reads a cluster.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="ns">The namespace that matters: of kinds that the user may not read in all namespaces, those of this one are read. Null: none more than others.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<ClusterManifests> ReadAsync(KubernetesClient client, string? ns, CancellationToken ct)
    {
        var served = await client.Discovery.GetServedAsync(ct);
        var text = new StringBuilder();
        var unread = ImmutableArray.CreateBuilder<string>();
        foreach (var kind in ResourceKinds.All.Where(k => !Skipped.Contains(k.Kind)))
        {
            var versioned = kind.Versions.IsEmpty ? served.Find(kind.Group, kind.Kind) : served.Find(kind.Group, kind.Kind, [.. kind.Versions]);
            if (versioned is not { IsWatchable: true } found)
            {
                if (served.Find(kind.Group, kind.Kind) is { IsWatchable: true } other && MeshGroups.Contains(kind.Group))
                {
                    unread.Add($"{other.Kind.Resource} are served as {other.Kind.Version} and in no version that is read ({string.Join(", ", kind.Versions)}): let their definition serve one of these too, or use a newer nodemesh");
                }

                continue;
            }

            try
            {
                foreach (var item in (await ListAsync(client, found.Kind, ns, unread, ct)).Where(i => i.Metadata.Namespace != "kube-system"))
                {
                    Append(text, found.Kind, item);
                }
            }
            catch (KubernetesException e) when (!e.IsUnauthorized)
            {
                // One kind that this user may not read, or whose versions nothing converts, leaves the others to be looked at.
                unread.Add($"{found.Kind.Resource} cannot be read: {e.Message}");
            }
        }

        return new ClusterManifests(text.ToString(), unread.ToImmutable());
    }

    /// <summary>The cluster with files over it: a resource of a file stands for the cluster's.</summary>
    /// <param name="files">The files; none for the cluster alone.</param>
    /// <param name="options">How they are read.</param>
    public ManifestSet Under(IReadOnlyCollection<string> files, ManifestOptions options)
    {
        var above = files.Count == 0 ? new ManifestSet([], []) : ManifestReader.ReadPaths(files, options);
        var below = ManifestReader.ReadText(_text, Source, options);
        var named = above.Documents.Select(d => (d.Kind.Group, d.Origin)).ToHashSet();
        var kept = below.Documents.Where(d => !named.Contains((d.Kind.Group, d.Origin))).ToList();

        // What Kubernetes itself filled in is nothing that the user has written, or could write otherwise.
        var plain = kept.Where(d => KubernetesGroups.Contains(d.Kind.Group)).Select(d => d.Origin).ToHashSet();
        var origins = kept.Select(d => d.Origin).ToHashSet();
        var findings = below.Findings.Where(f => f.Resource is not { } r || (origins.Contains(r) && !(f.Code == FindingCodes.NoEffect && plain.Contains(r))));
        return new ManifestSet([.. above.Documents, .. kept], [.. above.Findings, .. findings]);
    }

    private static async Task<IReadOnlyList<KubernetesObject>> ListAsync(KubernetesClient client, KubernetesKind kind, string? ns, ImmutableArray<string>.Builder unread, CancellationToken ct)
    {
        try
        {
            return (await client.Resources(kind).ListAllAsync(null, ct)).Items;
        }
        catch (KubernetesException e) when (e.IsForbidden && kind.Namespaced && ns is not null)
        {
            var items = (await client.Resources(kind).InNamespace(ns).ListAllAsync(null, ct)).Items;
            unread.Add($"{kind.Resource} of other namespaces than {ns} cannot be read");
            return items;
        }
    }

    private static void Append(StringBuilder text, KubernetesKind kind, KubernetesObject item)
    {
        item.ApiVersion = kind.ApiVersion;
        item.Kind = kind.Kind;
        item.Metadata.ManagedFields = null;

        // JSON is YAML: one document each.
        text.Append("---\n").Append(item.ToJson()).Append('\n');
    }
}
