using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports applications that run as the user that is Istio's proxies'.</summary>
internal sealed class ApplicationUserAnalyzer : Analyzer
{
    private const string ProxyUser = "1337";

    /// <inheritdoc/>
    public override string Name => "applicationUID.Analyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that no application runs as user 1337";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0144"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var pod in context.Pods.Where(p => p.Document?.Resource is PodResource or DeploymentResource && !ServicePortNameAnalyzer.IsControlPlane(p.Document.Labels)))
        {
            var spec = pod.Document!.Resource is PodResource ? pod.Document.Root["spec"] : pod.Document.Root.At("spec", "template", "spec");
            Check(context, pod.Document, spec, pod.SpecPath);
            var containers = (spec?.At("containers") as ManifestSequence)?.Items ?? [];
            for (var i = 0; i < containers.Length; i++)
            {
                if (containers[i].At("name") is not ManifestScalar { Text: "istio-proxy" })
                {
                    Check(context, pod.Document, containers[i], $"{pod.SpecPath}.containers[{i}]");
                }
            }
        }
    }

    private static void Check(AnalysisContext context, ManifestDocument document, ManifestNode? node, string path)
    {
        if (node?.At("securityContext", "runAsUser") is ManifestScalar { Text: ProxyUser })
        {
            context.Report("IST0144", document, $"{path}.securityContext.runAsUser", "user 1337 is the proxy's own");
        }
    }
}
