using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis;

/// <summary>What analyzers look at, and where they put what they find.</summary>
internal sealed class AnalysisContext
{
    private static readonly ImmutableDictionary<string, string> IngressLabels = ImmutableDictionary<string, string>.Empty.Add("istio", "ingressgateway");

    private readonly List<AnalysisFinding> _findings = [];
    private readonly ResourceCatalog _catalog;
    private readonly HashSet<string> _namespaces;
    private string _analyzer = "";

    /// <summary>Prepares it.</summary>
    /// <param name="input">What is analysed.</param>
    public AnalysisContext(AnalysisInput input)
    {
        Input = input;
        _catalog = new ResourceCatalog(input.Manifests.Documents);
        Hosts = new HostIndex(_catalog, input.MeshConfig.ClusterDomain);
        Pods = [.. FindPods()];
        ReadingFindings = [.. WithoutForeign(input.Manifests)];
        _namespaces = ["default", "kube-system", "kube-public", "kube-node-lease", input.MeshConfig.RootNamespace];
        _namespaces.UnionWith(_catalog.Of(ResourceKinds.Namespace).Select(d => d.Name));
        _namespaces.UnionWith(input.Manifests.Documents.Select(d => d.Namespace).Where(ns => ns.Length > 0));
    }

    /// <summary>What is analysed.</summary>
    public AnalysisInput Input { get; }

    /// <summary>What reading and validating found, except in resources that other controllers read.</summary>
    public ImmutableArray<Finding> ReadingFindings { get; }

    /// <summary>The services by host.</summary>
    public HostIndex Hosts { get; }

    /// <summary>The pods, a controller standing for its replicas.</summary>
    public ImmutableArray<PodView> Pods { get; }

    /// <summary>What was found.</summary>
    public IReadOnlyList<AnalysisFinding> Findings => _findings;

    /// <summary>The ports of the gateway that Istio installs.</summary>
    public static ImmutableArray<int> IngressPorts { get; } = [80, 443, 15021, 15443, 31400];

    /// <summary>The namespace whose policies apply to the whole mesh.</summary>
    public string RootNamespace => Input.MeshConfig.RootNamespace;

    /// <summary>Namespaces that are known: those that are declared, used, or always there.</summary>
    public IReadOnlyCollection<string> Namespaces => _namespaces;

    /// <summary>The documents of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The documents.</returns>
    public IReadOnlyList<ManifestDocument> Of(ResourceKind kind) => _catalog.Of(kind);

    /// <summary>The documents of a kind with their resources.</summary>
    /// <typeparam name="T">The resource.</typeparam>
    /// <param name="kind">The kind.</param>
    /// <returns>The documents.</returns>
    public IEnumerable<(ManifestDocument Document, T Resource)> Of<T>(ResourceKind kind)
        where T : Resource => _catalog.Of(kind).Where(d => d.Resource is T).Select(d => (d, (T)d.Resource!));

    /// <summary>Finds a document.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The document; null when there is none.</returns>
    public ManifestDocument? Find(ResourceKind kind, string ns, string name) => _catalog.Of(kind).FirstOrDefault(d => d.Namespace == ns && d.Name == name);

    /// <summary>Labels of a namespace.</summary>
    /// <param name="ns">The namespace.</param>
    /// <returns>The labels; none when it is not declared.</returns>
    public ImmutableDictionary<string, string> NamespaceLabels(string ns) => _catalog.NamespaceLabels(ns);

    /// <summary>The pods that labels select.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="ns">The namespace; null for all.</param>
    /// <returns>The pods.</returns>
    public IEnumerable<PodView> Selected(ImmutableDictionary<string, string> labels, string? ns = null) =>
        Pods.Where(p => (ns is null || p.Namespace == ns) && Labels.Match(labels, p.Labels));

    /// <summary>Says whether a pod is in the mesh: by our labels, or by those of sidecars.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>True when it is.</returns>
    public bool IsInMesh(PodView pod)
    {
        if (pod.Spec is null || pod.Spec.Containers.Concat(pod.Spec.InitContainers).Any(c => c.Name == "istio-proxy"))
        {
            return true;
        }

        var ns = NamespaceLabels(pod.Namespace);
        if (Labels.JoinsMesh(ns, pod.Labels) || pod.Annotations.GetValueOrDefault("ambient.istio.io/redirection") == "enabled")
        {
            return true;
        }

        var injected = pod.Labels.GetValueOrDefault("sidecar.istio.io/inject") ?? pod.Annotations.GetValueOrDefault("sidecar.istio.io/inject");
        return injected is not null ? injected == "true"
            : ns.GetValueOrDefault("istio-injection") is { } injection ? injection == "enabled"
            : ns.GetValueOrDefault("istio.io/rev") is { Length: > 0 };
    }

    /// <summary>Names the analyzer whose findings follow.</summary>
    /// <param name="analyzer">The analyzer.</param>
    public void Begin(Analyzer analyzer) => _analyzer = analyzer.Name;

    /// <summary>Reports a finding about a document.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="document">The document.</param>
    /// <param name="field">The field; empty for the whole.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="remedy">What to do about it; the code's own when missing.</param>
    public void Report(string code, ManifestDocument document, string field, string message, string? remedy = null)
    {
        var (line, _) = FieldPath.Locate(document.Root, field);
        Report(code, document.Origin, document.File.Length == 0 ? null : document.File, line, field, message, remedy);
    }

    /// <summary>Reports a finding about a place in a file.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="file">The file.</param>
    /// <param name="line">The line.</param>
    /// <param name="field">The field.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="remedy">What to do about it; the code's own when missing.</param>
    public void Report(string code, ResourceOrigin resource, string? file, int line, string field, string message, string? remedy = null)
    {
        var entry = AnalysisCodes.Of(code);
        _findings.Add(new AnalysisFinding(code, entry.Level, _analyzer, resource, field, file, line, message, remedy ?? entry.Remedy));
    }

    /// <summary>Reports a finding as it is.</summary>
    /// <param name="finding">The finding, its analyzer left open.</param>
    public void Report(AnalysisFinding finding) => _findings.Add(finding with { Analyzer = _analyzer });

    // A cert-manager Certificate is none of the mesh's business; an unknown kind of a core group or of the mesh's own groups is a mistake.
    private static IEnumerable<Finding> WithoutForeign(ManifestSet manifests)
    {
        var foreign = manifests.Documents
            .Where(d => d.Kind.Support == KindSupport.Unknown && d.Kind.Group.Contains('.', StringComparison.Ordinal) && !MeshGroups.Contains(d.Kind.Group))
            .Select(d => (d.File, d.Index, d.Origin))
            .ToHashSet();
        return manifests.Findings.Where(f => f.Resource is null || !foreign.Contains((f.File ?? "", f.Document, f.Resource)));
    }

    private IEnumerable<PodView> FindPods()
    {
        var ingress = false;
        foreach (var document in Input.Manifests.Documents)
        {
            var (template, spec) = document.Resource switch
            {
                DeploymentResource d => (d.Spec.Template.Metadata, d.Spec.Template.Spec),
                StatefulSetResource s => (s.Spec.Template.Metadata, s.Spec.Template.Spec),
                DaemonSetResource d => (d.Spec.Template.Metadata, d.Spec.Template.Spec),
                JobResource j => (j.Spec.Template.Metadata, j.Spec.Template.Spec),
                ReplicaSetResource { Spec.Template: { } t } => (t.Metadata, t.Spec),
                _ => (null, null),
            };
            PodView? view = null;
            if (document.Resource is PodResource pod)
            {
                view = new PodView(document, document.Namespace, document.Name, document.Labels, document.Annotations, pod.Spec);
            }
            else if (spec is not null)
            {
                view = new PodView(document, document.Namespace, document.Name, template?.Labels ?? [], template?.Annotations ?? [], spec);
            }

            if (view is not null)
            {
                ingress |= Labels.Match(IngressLabels, view.Labels);
                yield return view;
            }
        }

        // Istio's default gateway is installed with the mesh, not written down by its users.
        if (!ingress)
        {
            yield return new PodView(null, RootNamespace, "istio-ingressgateway", IngressLabels, [], null);
        }
    }
}
