using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Explanation;

/// <summary>
/// Completes the resources of files to those of a cluster that runs: pods of controllers, addresses, readiness, namespaces. What the files say stays;
/// namespaces that they do not have count as in the mesh.
/// </summary>
internal sealed class OfflineResources
{
    // Made-up addresses are of 240.0.0.0/4, which nobody has (RFC 1112 section 4): no address in a policy or request is one of them by chance.
    private const uint FirstPodAddress = 0xF000_0001;
    private const uint FirstServiceAddress = 0xF0F0_0001;

    // The pods of a controller differ in nothing that is asked here: more of them would only cost time.
    private const int MaxPods = 100;

    private readonly ImmutableArray<ManifestDocument>.Builder _documents = ImmutableArray.CreateBuilder<ManifestDocument>();
    private uint _nextPod = FirstPodAddress;
    private uint _nextService = FirstServiceAddress;

    private OfflineResources()
    {
    }

    /// <summary>Completes resources.</summary>
    /// <param name="documents">What the files have.</param>
    /// <returns>What a cluster would have.</returns>
    public static ImmutableArray<ManifestDocument> Complete(IReadOnlyCollection<ManifestDocument> documents)
    {
        var resources = new OfflineResources();
        var pods = documents.Where(d => d.Resource is PodResource).ToLookup(d => d.Namespace);
        foreach (var document in documents)
        {
            if (document.Resource is PodResource pod)
            {
                resources._documents.Add(document with { Resource = pod with { Status = resources.Complete(pod.Status) } });
            }
            else if (document.Resource is ServiceResource service)
            {
                resources._documents.Add(document with { Resource = service with { Spec = resources.Complete(service.Spec) } });
            }
            else
            {
                resources._documents.Add(document);
                resources.AddPods(document, pods[document.Namespace]);
            }
        }

        var declared = documents.Where(d => d.Kind == ResourceKinds.Namespace).Select(d => d.Name).ToHashSet();
        foreach (var ns in documents.Select(d => d.Namespace).Where(ns => ns.Length > 0 && declared.Add(ns)).ToList())
        {
            resources._documents.Add(MeshNamespace(ns));
        }

        return resources._documents.ToImmutable();
    }

    /// <summary>A namespace in the mesh.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The namespace.</returns>
    public static ManifestDocument MeshNamespace(string name)
    {
        var labels = ImmutableDictionary<string, string>.Empty.Add(Labels.DataplaneMode, "ambient");
        var resource = new NamespaceResource { Metadata = new ObjectMeta { Name = name, Labels = labels } };
        return Document(ResourceKinds.Namespace, resource) with { Namespace = "" };
    }

    /// <summary>A pod that is ready.</summary>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="spec">Its spec.</param>
    /// <param name="address">Its address.</param>
    /// <returns>The pod.</returns>
    public static ManifestDocument ReadyPod(ObjectMeta metadata, PodSpec spec, string address) =>
        Document(ResourceKinds.Pod, new PodResource { Metadata = metadata, Spec = spec, Status = Ready(new PodStatus { PodIP = address }) });

    private static ManifestDocument Document(ResourceKind kind, Resource resource) => new()
    {
        ApiVersion = kind.ApiVersion,
        Kind = kind,
        Name = resource.Metadata.Name,
        Namespace = resource.Metadata.Namespace ?? "",
        Labels = resource.Metadata.Labels,
        Annotations = resource.Metadata.Annotations,
        Root = ManifestMapping.Empty,
        Resource = resource,
    };

    private static PodStatus Ready(PodStatus status) => status with { Conditions = status.Conditions.Add(new Condition { Type = "Ready", Status = "True" }) };

    private static string Address(ref uint next)
    {
        var number = next++;
        return new IPAddress([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]).ToString();
    }

    private static (ObjectMeta Owner, PodTemplateSpec Template, int Replicas)? Controller(Resource? resource) => resource switch
    {
        DeploymentResource d => (d.Metadata, d.Spec.Template, Math.Min(d.Spec.Replicas ?? 1, MaxPods)),
        ReplicaSetResource { Spec.Template: { } template } r => (r.Metadata, template, Math.Min(r.Spec.Replicas ?? 1, MaxPods)),
        StatefulSetResource s => (s.Metadata, s.Spec.Template, Math.Min(s.Spec.Replicas ?? 1, MaxPods)),
        DaemonSetResource d => (d.Metadata, d.Spec.Template, 1),
        JobResource j => (j.Metadata, j.Spec.Template, Math.Min(j.Spec.Parallelism ?? 1, MaxPods)),
        _ => null,
    };

    private PodStatus Complete(PodStatus? status)
    {
        status ??= new PodStatus();
        if (status.PodIP is null && status.PodIPs.IsEmpty)
        {
            status = status with { PodIP = Address(ref _nextPod) };
        }

        return status.Conditions.Any(c => c.Type == "Ready") || status.Phase is not (null or "Running") ? status : Ready(status);
    }

    private ServiceSpec Complete(ServiceSpec spec) =>
        spec.Type == "ExternalName" || !spec.ClusterIPs.IsEmpty || !string.IsNullOrEmpty(spec.ClusterIP) ? spec : spec with { ClusterIP = Address(ref _nextService) };

    private void AddPods(ManifestDocument document, IEnumerable<ManifestDocument> pods)
    {
        if (Controller(document.Resource) is not var (owner, template, replicas) || !owner.OwnerReferences.IsEmpty)
        {
            return;
        }

        // Where the files have the controller's pods, those tell more than its template.
        var labels = template.Metadata?.Labels ?? [];
        if (pods.Any(p => !labels.IsEmpty && Labels.Match(labels, p.Labels)))
        {
            return;
        }

        for (var i = 0; i < replicas; i++)
        {
            var metadata = new ObjectMeta
            {
                Name = $"{document.Name}-{i.ToString(CultureInfo.InvariantCulture)}",
                Namespace = document.Namespace,
                Labels = labels,
                Annotations = template.Metadata?.Annotations ?? [],
                OwnerReferences = [new OwnerReference { ApiVersion = document.ApiVersion, Kind = document.Kind.Kind, Name = document.Name, Controller = true }],
            };
            _documents.Add(ReadyPod(metadata, template.Spec, Address(ref _nextPod)));
        }
    }
}
