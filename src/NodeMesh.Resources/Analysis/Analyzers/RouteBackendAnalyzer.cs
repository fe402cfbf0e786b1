using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks the backends of the Gateway API's routes.</summary>
internal sealed class RouteBackendAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "nodemesh.RouteBackendAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that routes of the Gateway API lead to services and ports that exist and that they may refer to";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["NM0102", "NM0103", "NM0104"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var route in RouteView.All(context))
        {
            foreach (var (path, backend) in route.Backends)
            {
                Check(context, route.Document, path, backend);
            }
        }
    }

    private static void Check(AnalysisContext context, ManifestDocument document, string path, BackendReference backend)
    {
        var (group, kind) = (backend.Group ?? "", backend.Kind ?? "Service");
        var ns = backend.Namespace ?? document.Namespace;
        if (!ReferenceGrants.Allow(context, document, group, kind, ns, backend.Name))
        {
            context.Report(
                "NM0104", document, $"{path}.namespace", $"no ReferenceGrant of namespace {ns} lets {document.Kind.Kind}s of {document.Namespace} refer to {kind} {backend.Name}",
                $"create a ReferenceGrant in namespace {ns}");
            return;
        }

        if (group.Length > 0 || kind != "Service")
        {
            var known = group == MeshGroups.IstioNetworking && kind is "Hostname" or "ServiceEntry";
            if (!known && !context.Input.Manifests.Documents.Any(d => d.Kind.Group == group && d.Kind.Kind == kind && d.Namespace == ns && d.Name == backend.Name))
            {
                context.Report("NM0102", document, path, $"there is no {kind} {ns}/{backend.Name}");
            }

            return;
        }

        if (context.Find(ResourceKinds.Service, ns, backend.Name)?.Resource is not ServiceResource service)
        {
            context.Report("NM0102", document, $"{path}.name", $"there is no Service {ns}/{backend.Name}");
        }
        else if (backend.Port is { } port && !service.Spec.Ports.Any(p => p.Port == port))
        {
            context.Report("NM0103", document, $"{path}.port", $"Service {ns}/{backend.Name} has no port {port}; it has {string.Join(", ", service.Spec.Ports.Select(p => p.Port))}");
        }
    }
}
