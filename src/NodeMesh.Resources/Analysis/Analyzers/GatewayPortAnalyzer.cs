using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks that a Service offers the ports of a gateway.</summary>
internal sealed class GatewayPortAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "gateway.IngressGatewayPortAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks the ports of gateways against the ports of their pods' Services";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0101", "IST0162"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var (document, gateway) in context.Of<IstioGatewayResource>(ResourceKinds.IstioGateway))
        {
            var spec = gateway.Spec ?? new IstioGatewaySpec();
            var pods = context.Selected(spec.Selector).ToList();
            if (pods.Count == 0)
            {
                context.Report("IST0101", document, "spec.selector", $"no pod has the labels {LabelText.Of(spec.Selector)}");
                continue;
            }

            var ports = pods.SelectMany(pod => Ports(context, pod)).ToHashSet();
            for (var i = 0; i < spec.Servers.Length; i++)
            {
                if (!ports.Contains(spec.Servers[i].Port.Number))
                {
                    context.Report(
                        "IST0162", document, $"spec.servers[{i}].port.number",
                        $"no Service of the pods with the labels {LabelText.Of(spec.Selector)} has port {spec.Servers[i].Port.Number}");
                }
            }
        }
    }

    private static IEnumerable<int> Ports(AnalysisContext context, PodView pod)
    {
        var services = context.Of<ServiceResource>(ResourceKinds.Service)
            .Where(s => s.Document.Namespace == pod.Namespace && Labels.Match(s.Resource.Spec.Selector, pod.Labels))
            .SelectMany(s => s.Resource.Spec.Ports)
            .Where(p => p.Protocol is null or "TCP")
            .Select(p => p.Port);
        return pod.Document is null ? services.Concat(AnalysisContext.IngressPorts) : services;
    }
}
