using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks the hosts and ports that VirtualServices route to.</summary>
internal sealed class VirtualServiceDestinationAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "virtualservice.DestinationHostAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that VirtualServices route to services and ports that exist";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0101", "IST0112", "IST0140"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var services = context.Of<VirtualServiceResource>(ResourceKinds.VirtualService).ToList();
        foreach (var (document, service) in services)
        {
            foreach (var (path, destination, mirror) in VirtualServiceDestinations.Of(service.Spec))
            {
                Check(context, document, service.Spec!.ExportTo, path, destination, mirror);
            }

            if (service.Spec is { Gateways.IsEmpty: false })
            {
                CheckSubsets(context, document, service.Spec, services);
            }
        }
    }

    private static void Check(AnalysisContext context, ManifestDocument document, ImmutableArray<string> exportTo, string path, Destination destination, bool mirror)
    {
        if (context.Hosts.Find(document.Namespace, exportTo, destination.Host) is not { } host)
        {
            context.Report("IST0101", document, $"{path}.host", $"there is no service '{destination.Host}'{(mirror ? " to mirror to" : "")} that namespace {document.Namespace} sees");
        }
        else if (destination.Port?.Number is not { } port)
        {
            if (host.Ports.Length > 1)
            {
                context.Report("IST0112", document, path, $"'{destination.Host}' has the ports {string.Join(", ", host.Ports)}, and the destination names none");
            }
        }
        else if (!host.Ports.Contains(port))
        {
            context.Report("IST0101", document, $"{path}.port.number", $"'{destination.Host}' has no port {port}; it has {string.Join(", ", host.Ports)}", "correct the port");
        }
    }

    // What a VirtualService of the mesh says of its host does not apply to requests that a gateway routes to that host.
    private static void CheckSubsets(AnalysisContext context, ManifestDocument document, VirtualServiceSpec spec, List<(ManifestDocument Document, VirtualServiceResource Resource)> services)
    {
        foreach (var (i, route) in spec.Http.Index())
        {
            foreach (var (j, destination) in route.Route.Index().Where(r => string.IsNullOrEmpty(r.Item.Destination.Subset)))
            {
                var other = services.FirstOrDefault(s => s.Document != document && s.Resource.Spec is { } theirs
                    && theirs.Hosts.Contains(destination.Destination.Host)
                    && theirs.Http.SelectMany(r => r.Route).Any(r => !string.IsNullOrEmpty(r.Destination.Subset) && r.Destination.Host == destination.Destination.Host));
                if (other.Document is not null)
                {
                    context.Report(
                        "IST0140", document, $"spec.http[{i}].route[{j}].destination.host",
                        $"VirtualService {other.Document.Key} routes '{destination.Destination.Host}' to a subset, but not for requests of this gateway");
                }
            }
        }
    }
}
