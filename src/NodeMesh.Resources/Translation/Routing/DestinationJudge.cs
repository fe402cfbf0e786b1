using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Resolves the destinations of VirtualServices.</summary>
/// <param name="services">The services.</param>
/// <param name="subsets">The subsets that DestinationRules make, by service.</param>
/// <param name="findings">Where to report.</param>
internal sealed class DestinationJudge(ServiceDirectory services, ILookup<NamespacedName, string> subsets, RouteFindings findings)
{
    /// <summary>Resolves a destination.</summary>
    /// <param name="document">The VirtualService.</param>
    /// <param name="field">The field.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="weight">Its weight.</param>
    /// <returns>The backend, which may have a fault.</returns>
    public RouteBackend Resolve(ManifestDocument document, string field, Destination destination, int weight)
    {
        var host = services.Qualify(document.Namespace, destination.Host);
        var backend = new RouteBackend
        {
            Service = new NamespacedName(document.Namespace, host),
            Port = destination.Port?.Number ?? 0,
            Subset = destination.Subset ?? "",
            Weight = weight,
        };
        if (services.FindHost(host, document.Namespace) is not { } service)
        {
            return Wrong(document, $"{field}.host", backend, BackendFault.NotFound, $"no Service or ServiceEntry has the host {host}");
        }

        backend = backend with { Service = service.Key };
        if (backend.Port == 0)
        {
            // Without a number it is the port that the client dialled, or the only one that there is.
            backend = service.Ports is [var only] ? backend with { Port = only.Port } : backend;
        }
        else if (!service.Ports.Any(p => p.Port == backend.Port))
        {
            return Wrong(
                document, $"{field}.port.number", backend, BackendFault.PortNotFound,
                $"{host} has no port {backend.Port}; it has {string.Join(", ", service.Ports.Select(p => p.Port))}");
        }

        return backend.Subset.Length == 0 || subsets[service.Key].Contains(backend.Subset)
            ? backend
            : Wrong(document, $"{field}.subset", backend, BackendFault.SubsetNotFound, $"no DestinationRule makes the subset {backend.Subset} of {host}");
    }

    private RouteBackend Wrong(ManifestDocument document, string field, RouteBackend backend, BackendFault fault, string detail)
    {
        findings.NotFound(document, field, $"what falls to this destination fails: {detail}");
        return backend with { Fault = fault, FaultDetail = detail };
    }
}
