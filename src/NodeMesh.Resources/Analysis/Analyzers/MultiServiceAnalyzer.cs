using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks that services of the same workload do not contradict one another.</summary>
internal sealed class MultiServiceAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "deployment.MultiServiceAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that the services of a workload agree on protocols and target ports";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0116", "IST0137"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var pod in context.Pods.Where(p => p.Document?.Resource is DeploymentResource && context.IsInMesh(p)))
        {
            var ports = context.Of<ServiceResource>(ResourceKinds.Service)
                .Where(s => s.Document.Namespace == pod.Namespace && !s.Resource.Spec.Selector.IsEmpty && Labels.Match(s.Resource.Spec.Selector, pod.Labels))
                .SelectMany(s => s.Resource.Spec.Ports.Select(p => (Service: s.Document.Name, Port: p)))
                .ToList();
            Check(context, pod.Document!, ports);
        }
    }

    private static void Check(AnalysisContext context, ManifestDocument document, List<(string Service, ServicePortSpec Port)> ports)
    {
        foreach (var group in ports.GroupBy(p => p.Port.Port).Where(g => g.Select(p => p.Port.Protocol ?? "TCP").Distinct().Count() > 1))
        {
            context.Report(
                "IST0116", document, "metadata.name",
                $"the services {Names(group)} give port {group.Key} different protocols: {string.Join(", ", group.Select(p => p.Port.Protocol ?? "TCP").Distinct().Order(StringComparer.Ordinal))}");
        }

        foreach (var group in ports.GroupBy(p => p.Port.TargetPort?.ToString() ?? $"{p.Port.Port}").Where(g => g.Select(p => p.Port.Port).Distinct().Count() > 1))
        {
            context.Report(
                "IST0137", document, "metadata.name",
                $"the services {Names(group)} lead different ports to target port {group.Key}: {string.Join(", ", group.Select(p => p.Port.Port).Distinct().Order())}");
        }
    }

    private static string Names(IEnumerable<(string Service, ServicePortSpec Port)> ports) => string.Join(", ", ports.Select(p => p.Service).Distinct().Order(StringComparer.Ordinal));
}
