using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks that the ports of services tell their protocol.</summary>
internal sealed class ServicePortNameAnalyzer : Analyzer
{
    // Protocols in which the server speaks first; they are taken for TCP without a word.
    private static readonly ImmutableHashSet<int> ServerFirst = [25, 53, 3306, 27017];

    /// <inheritdoc/>
    public override string Name => "service.PortNameAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that the ports of services tell their protocol by name or appProtocol";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0118", "IST0150"];

    /// <summary>Says whether labels are those of Istio's own control plane.</summary>
    /// <param name="labels">The labels.</param>
    /// <returns>True when they are.</returns>
    public static bool IsControlPlane(ImmutableDictionary<string, string> labels) => labels.ContainsKey("istio") || labels.GetValueOrDefault("release") == "istio";

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var (document, service) in context.Of<ServiceResource>(ResourceKinds.Service))
        {
            if (document.Namespace is "kube-system" or "kube-public" or "kube-node-lease" or "local-path-storage" || IsControlPlane(document.Labels))
            {
                continue;
            }

            var external = service.Spec.Type == "ExternalName";
            for (var i = 0; i < service.Spec.Ports.Length; i++)
            {
                var port = service.Spec.Ports[i];
                if (Tells(port) && !(external && port.Name == "tcp"))
                {
                    continue;
                }

                var name = string.IsNullOrEmpty(port.Name) ? "has no name" : $"is named '{port.Name}'";
                context.Report(
                    external ? "IST0150" : "IST0118", document, $"spec.ports[{i}]",
                    $"port {port.Port} (target {port.TargetPort?.ToString() ?? $"{port.Port}"}) {name}, which does not tell its protocol");
            }
        }
    }

    private static bool Tells(ServicePortSpec port)
    {
        if (port.Protocol is "UDP" or "SCTP" || ServerFirst.Contains(port.Port))
        {
            return true;
        }

        if (!string.IsNullOrEmpty(port.AppProtocol))
        {
            return port.AppProtocol.Contains('/', StringComparison.Ordinal) || IstioChecks.IsProtocol(port.AppProtocol);
        }

        var name = port.Name ?? "";
        return name.StartsWith("grpc-web", StringComparison.OrdinalIgnoreCase) || (IstioChecks.IsProtocol(name.Split('-')[0]) && !name.StartsWith("udp", StringComparison.OrdinalIgnoreCase));
    }
}
