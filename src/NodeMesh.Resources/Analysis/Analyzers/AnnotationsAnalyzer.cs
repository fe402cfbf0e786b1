using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks Istio's annotations on Kubernetes' own resources.</summary>
internal sealed class AnnotationsAnalyzer : Analyzer
{
    private const string Any = "Any";

    private static readonly FrozenDictionary<string, (ImmutableArray<string> Kinds, string? Instead)> Known = Table().ToFrozenDictionary();

    /// <inheritdoc/>
    public override string Name => "annotations.K8sAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks for misplaced, unknown, deprecated and invalid annotations of Istio on Kubernetes' own resources";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0107", "IST0108", "IST0125", "IST0135"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var document in ((ResourceKind[])[ResourceKinds.Namespace, ResourceKinds.Service, ResourceKinds.Pod, ResourceKinds.Deployment]).SelectMany(context.Of))
        {
            foreach (var (annotation, value) in document.Annotations.OrderBy(a => a.Key, StringComparer.Ordinal))
            {
                if (annotation == "kubernetes.io/ingress.class" || annotation.Split('/')[0].EndsWith("istio.io", StringComparison.Ordinal))
                {
                    Check(context, document, annotation, value);
                }
            }
        }
    }

    private static void Check(AnalysisContext context, ManifestDocument document, string annotation, string value)
    {
        var field = FieldPath.Key("metadata.annotations", annotation);
        if (!Known.TryGetValue(annotation, out var known))
        {
            context.Report("IST0108", document, field, $"nobody knows the annotation {annotation}");
            return;
        }

        if (known.Instead is not null && !(annotation == "sidecar.istio.io/inject" && document.Labels.ContainsKey(annotation)))
        {
            context.Report("IST0135", document, field, $"the annotation {annotation} is deprecated", known.Instead);
        }

        if (known.Kinds.Contains(Any))
        {
            return;
        }

        if (!known.Kinds.Contains(document.Kind.Kind))
        {
            context.Report("IST0107", document, field, $"the annotation {annotation} is for {string.Join(", ", known.Kinds)}, not for a {document.Kind.Kind}");
        }
        else if (Violation(annotation, value) is { } problem)
        {
            context.Report("IST0125", document, field, $"'{value}' is not valid for {annotation}: {problem}");
        }
    }

    private static string? Violation(string annotation, string value) => annotation switch
    {
        "sidecar.istio.io/inject" or "sidecar.istio.io/rewriteAppHTTPProbers" or "sidecar.istio.io/enableCoreDump" =>
            bool.TryParse(value, out _) ? null : "write true or false",
        "sidecar.istio.io/interceptionMode" => value is "REDIRECT" or "TPROXY" or "NONE" ? null : "write REDIRECT, TPROXY or NONE",
        "status.sidecar.istio.io/port" or "readiness.status.sidecar.istio.io/initialDelaySeconds" or "readiness.status.sidecar.istio.io/periodSeconds"
            or "readiness.status.sidecar.istio.io/failureThreshold" => uint.TryParse(value, CultureInfo.InvariantCulture, out _) ? null : "write a whole number",
        "traffic.sidecar.istio.io/includeOutboundIPRanges" or "traffic.sidecar.istio.io/excludeOutboundIPRanges" =>
            value is "*" or "" || value.Split(',').All(n => IPNetwork.TryParse(n.Trim(), out _) || IpBlocks.TryParse(n.Trim(), out _)) ? null : "write networks separated by commas",
        "traffic.sidecar.istio.io/includeInboundPorts" or "traffic.sidecar.istio.io/excludeInboundPorts" or "traffic.sidecar.istio.io/includeOutboundPorts"
            or "traffic.sidecar.istio.io/excludeOutboundPorts" or "readiness.status.sidecar.istio.io/applicationPorts" =>
            value is "*" or "" || value.Split(',').All(p => ushort.TryParse(p.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out _)) ? null : "write ports separated by commas",
        _ => null,
    };

    private static Dictionary<string, (ImmutableArray<string> Kinds, string? Instead)> Table()
    {
        var table = new Dictionary<string, (ImmutableArray<string>, string?)>(StringComparer.Ordinal);
        Add(["Pod"], null,
            "prometheus.istio.io/merge-metrics", "sidecar.istio.io/status", "sidecar.istio.io/rewriteAppHTTPProbers", "sidecar.istio.io/proxyImage", "sidecar.istio.io/proxyImageType",
            "sidecar.istio.io/proxyCPU", "sidecar.istio.io/proxyCPULimit", "sidecar.istio.io/proxyMemory", "sidecar.istio.io/proxyMemoryLimit", "sidecar.istio.io/interceptionMode",
            "sidecar.istio.io/bootstrapOverride", "sidecar.istio.io/statsHistogramBuckets", "sidecar.istio.io/statsCompression", "sidecar.istio.io/statsEvictionInterval",
            "sidecar.istio.io/userVolume", "sidecar.istio.io/userVolumeMount", "sidecar.istio.io/nativeSidecar", "status.sidecar.istio.io/port", "sidecar.istio.io/logLevel",
            "sidecar.istio.io/componentLogLevel", "sidecar.istio.io/agentLogLevel", "readiness.status.sidecar.istio.io/initialDelaySeconds",
            "readiness.status.sidecar.istio.io/periodSeconds", "readiness.status.sidecar.istio.io/failureThreshold", "readiness.status.sidecar.istio.io/applicationPorts",
            "traffic.sidecar.istio.io/includeOutboundIPRanges", "traffic.sidecar.istio.io/excludeOutboundIPRanges", "traffic.sidecar.istio.io/includeInboundPorts",
            "traffic.sidecar.istio.io/excludeInboundPorts", "traffic.sidecar.istio.io/includeOutboundPorts", "traffic.sidecar.istio.io/excludeOutboundPorts",
            "traffic.sidecar.istio.io/excludeInterfaces", "istio.io/reroute-virtual-interfaces", "proxy.istio.io/config", "proxy.istio.io/overrides", "inject.istio.io/templates",
            "sidecar.istio.io/extraStatTags", "istio.io/rev", "ambient.istio.io/redirection", "ambient.istio.io/bypass-inbound-capture", "ambient.istio.io/dns-capture");
        Add(["Pod"], "use the label sidecar.istio.io/inject", "sidecar.istio.io/inject");
        Add(["Pod"], "use istio.io/reroute-virtual-interfaces", "traffic.sidecar.istio.io/kubevirtInterfaces");
        Add(["Pod"], "set it in proxy.istio.io/config",
            "sidecar.istio.io/controlPlaneAuthPolicy", "sidecar.istio.io/discoveryAddress", "sidecar.istio.io/statsInclusionPrefixes", "sidecar.istio.io/statsInclusionSuffixes",
            "sidecar.istio.io/statsInclusionRegexps", "alpha.istio.io/identity", "sidecar.istio.io/enableCoreDump");
        Add(["Service"], "use identities of service accounts", "alpha.istio.io/kubernetes-serviceaccounts", "alpha.istio.io/canonical-serviceaccounts");
        Add(["Service"], null, "networking.istio.io/exportTo", "networking.istio.io/address-type", "networking.istio.io/service-type");
        Add(["Service", "Namespace"], null, Labels.TrafficDistribution);
        Add(["Ingress"], "set spec.ingressClassName", "kubernetes.io/ingress.class");
        Add([Any], null,
            "install.operator.istio.io/chart-owner", "install.operator.istio.io/owner-generation", "install.operator.istio.io/version", "galley.istio.io/analyze-suppress",
            "internal.istio.io/service-upstream", "gateway.istio.io/controller-version", "gateway.istio.io/name-override", "gateway.istio.io/service-account");
        Add(["AuthorizationPolicy"], null, Labels.DryRun);
        Add(["WorkloadEntry"], null, "istio.io/autoRegistrationGroup", "istio.io/workloadController", "istio.io/connectedAt", "istio.io/disconnectedAt");
        Add(["Namespace"], null, "topology.istio.io/controlPlaneClusters");
        return table;

        void Add(ImmutableArray<string> kinds, string? instead, params ReadOnlySpan<string> annotations)
        {
            foreach (var annotation in annotations)
            {
                table[annotation] = (kinds, instead);
            }
        }
    }
}
