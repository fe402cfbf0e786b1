using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Resolves the backends of the Gateway API's routes: the one judgement of whether a reference is good, for the model, for conditions and for analysis.</summary>
/// <param name="services">The services.</param>
/// <param name="grants">Who may refer to other namespaces.</param>
internal sealed class BackendJudge(ServiceDirectory services, GrantIndex grants)
{
    /// <summary>Resolves a backend.</summary>
    /// <param name="route">The route.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="weight">Its weight.</param>
    /// <returns>The backend; <see cref="RouteBackend.Fault"/> says what is wrong with it, in the specification's order: kind, permission, existence, port, protocol.</returns>
    public RouteBackend Resolve(ManifestDocument route, BackendObjectReference reference, int weight)
    {
        var ns = reference.Namespace ?? route.Namespace;
        var (group, kind) = (reference.Group ?? "", reference.Kind ?? "Service");
        var backend = new RouteBackend { Service = services.KeyOf(ns, reference.Name), Port = reference.Port ?? 0, Weight = weight };
        if (group == MeshGroups.IstioNetworking && kind == "Hostname")
        {
            return OfHost(route, reference, backend);
        }

        if (group is not ("" or "core") || kind != "Service")
        {
            return Wrong(backend, BackendFault.UnsupportedKind, $"{kind}{(group.Length == 0 ? "" : $" of {group}")} cannot be a backend; refer to a Service");
        }

        if (!grants.Allow(route, ns, reference.Name))
        {
            return Wrong(backend, BackendFault.NotPermitted, $"no ReferenceGrant of namespace {ns} lets {route.Kind.Kind}s of {route.Namespace} refer to Service {reference.Name}");
        }

        return services.Find(ns, reference.Name) is { } service
            ? WithPort(route, service, backend)
            : Wrong(backend, BackendFault.NotFound, $"there is no Service {ns}/{reference.Name}");
    }

    private RouteBackend OfHost(ManifestDocument route, BackendObjectReference reference, RouteBackend backend)
    {
        var host = services.Qualify(route.Namespace, reference.Name);
        return services.FindHost(host, route.Namespace) is { } service
            ? WithPort(route, service, backend with { Service = service.Key })
            : Wrong(backend with { Service = new NamespacedName(route.Namespace, host) }, BackendFault.NotFound, $"no Service or ServiceEntry that namespace {route.Namespace} sees has the host {reference.Name}");
    }

    private static RouteBackend WithPort(ManifestDocument route, Service service, RouteBackend backend)
    {
        if (backend.Port == 0)
        {
            return Wrong(backend, BackendFault.PortNotFound, "the port is missing; a Service needs it");
        }

        foreach (var port in service.Ports)
        {
            if (port.Port == backend.Port)
            {
                var unfit = port.Protocol is AppProtocol.Tls && route.Kind.Kind is "HTTPRoute" or "GRPCRoute" && port.Protocol is AppProtocol.Tls;
                return unfit
                    ? Wrong(backend, BackendFault.UnsupportedProtocol, $"port {port.Port} of Service {service.Namespace}/{service.Name} is for TLS that the applications end, and an {route.Kind.Kind} has to see requests")
                    : backend;
            }
        }

        return Wrong(
            backend, BackendFault.PortNotFound,
            $"Service {service.Namespace}/{service.Name} has no port {backend.Port}; it has {string.Join(", ", service.Ports.Select(p => p.Port))}");
    }

    private static RouteBackend Wrong(RouteBackend backend, BackendFault fault, string detail) => backend with { Fault = fault, FaultDetail = detail };
}
