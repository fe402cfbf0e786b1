using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks what the Gateway API's routes attach to.</summary>
internal sealed class RouteParentAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "nodemesh.RouteParentAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that routes of the Gateway API attach to Services and listeners that exist and take them";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["NM0101", "NM0106"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var route in RouteView.All(context))
        {
            for (var i = 0; i < route.Parents.Length; i++)
            {
                Check(context, route.Document, $"spec.parentRefs[{i}]", route.Parents[i]);
            }
        }
    }

    private static void Check(AnalysisContext context, ManifestDocument route, string path, ParentReference parent)
    {
        var ns = parent.Namespace ?? route.Namespace;
        var kind = parent.Kind ?? "Gateway";
        switch ((parent.Group ?? MeshGroups.GatewayApi, kind))
        {
            case ("" or "core", "Service"):
                CheckService(context, route, path, parent, ns);
                break;
            case (MeshGroups.GatewayApi, "Gateway"):
                if (context.Find(ResourceKinds.Gateway, ns, parent.Name)?.Resource is GatewayResource gateway)
                {
                    CheckListeners(context, route, path, parent, ns, gateway);
                }
                else
                {
                    context.Report("NM0101", route, path, $"there is no Gateway {ns}/{parent.Name}");
                }

                break;
            case (MeshGroups.GatewayApi, "ListenerSet") when context.Find(ResourceKinds.ListenerSet, ns, parent.Name) is null:
                context.Report("NM0101", route, path, $"there is no ListenerSet {ns}/{parent.Name}");
                break;
            case (MeshGroups.IstioNetworking, "ServiceEntry") when context.Find(ResourceKinds.ServiceEntry, ns, parent.Name) is null:
                context.Report("NM0101", route, path, $"there is no ServiceEntry {ns}/{parent.Name}");
                break;
            default:
                break;
        }
    }

    private static void CheckService(AnalysisContext context, ManifestDocument route, string path, ParentReference parent, string ns)
    {
        if (context.Find(ResourceKinds.Service, ns, parent.Name)?.Resource is not ServiceResource service)
        {
            context.Report("NM0101", route, path, $"there is no Service {ns}/{parent.Name}");
        }
        else if (parent.Port is { } port && !service.Spec.Ports.Any(p => p.Port == port))
        {
            context.Report("NM0101", route, $"{path}.port", $"Service {ns}/{parent.Name} has no port {port}; it has {string.Join(", ", service.Spec.Ports.Select(p => p.Port))}");
        }
    }

    private static void CheckListeners(AnalysisContext context, ManifestDocument route, string path, ParentReference parent, string ns, GatewayResource gateway)
    {
        var listeners = gateway.Spec.Listeners.Where(l => (string.IsNullOrEmpty(parent.SectionName) || l.Name == parent.SectionName) && (parent.Port is null || l.Port == parent.Port)).ToList();
        if (listeners.Count == 0)
        {
            context.Report("NM0106", route, path, $"Gateway {ns}/{parent.Name} has no listener{(parent.SectionName is null ? "" : $" {parent.SectionName}")}{(parent.Port is null ? "" : $" on port {parent.Port}")}; it has {string.Join(", ", gateway.Spec.Listeners.Select(l => l.Name))}");
            return;
        }

        var hosts = route.Resource switch
        {
            HttpRouteResource r => r.Spec.Hostnames,
            GrpcRouteResource { Spec: { } spec } => spec.Hostnames,
            TlsRouteResource r => r.Spec.Hostnames,
            _ => [],
        };
        if (!listeners.Any(l => TakesKind(l, route.Kind.Kind)))
        {
            context.Report("NM0106", route, path, $"no listener of Gateway {ns}/{parent.Name} takes {route.Kind.Plural}: they are for {string.Join(", ", listeners.Select(l => l.Protocol).Distinct())}");
        }
        else if (!listeners.Any(l => TakesNamespace(context, l, ns, route.Namespace)))
        {
            context.Report("NM0106", route, path, $"no listener of Gateway {ns}/{parent.Name} takes routes of namespace {route.Namespace}", "set allowedRoutes.namespaces of a listener");
        }
        else if (!hosts.IsEmpty && !listeners.Any(l => string.IsNullOrEmpty(l.Hostname) || hosts.Any(h => HostNames.Overlap(h, l.Hostname))))
        {
            context.Report("NM0106", route, "spec.hostnames", $"no listener of Gateway {ns}/{parent.Name} is for {string.Join(", ", hosts)}");
        }
    }

    private static bool TakesKind(GatewayListener listener, string kind)
    {
        if (listener.AllowedRoutes?.Kinds is { IsEmpty: false } kinds)
        {
            return kinds.Any(k => k.Kind == kind);
        }

        return listener.Protocol switch
        {
            "HTTP" or "HTTPS" => kind is "HTTPRoute" or "GRPCRoute",
            "TLS" => kind is "TLSRoute" or "TCPRoute",
            "TCP" => kind == "TCPRoute",
            "UDP" => kind == "UDPRoute",
            _ => true,
        };
    }

    private static bool TakesNamespace(AnalysisContext context, GatewayListener listener, string gatewayNamespace, string routeNamespace) =>
        (listener.AllowedRoutes?.Namespaces?.From ?? "Same") switch
        {
            "All" => true,
            "Same" => gatewayNamespace == routeNamespace,
            "Selector" => listener.AllowedRoutes?.Namespaces?.Selector is { } selector
                && (!selector.MatchExpressions.IsEmpty
                    || Labels.Match(selector.MatchLabels, context.NamespaceLabels(routeNamespace).SetItem("kubernetes.io/metadata.name", routeNamespace))),
            _ => false,
        };
}
