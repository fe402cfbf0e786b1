using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Says which services a Gateway API route is attached to: the one judgement, for the model and for conditions.</summary>
/// <param name="services">The services.</param>
internal sealed class ParentJudge(ServiceDirectory services)
{
    /// <summary>Says whether a parent is one of the mesh's: a Service or a ServiceEntry.</summary>
    /// <param name="parent">The reference.</param>
    /// <returns>True when it is.</returns>
    public static bool IsMesh(ParentReference parent) => ((parent.Group ?? MeshGroups.GatewayApi), parent.Kind ?? "Gateway") is
        ("" or "core", "Service") or (MeshGroups.IstioNetworking, "ServiceEntry");

    /// <summary>Judges a parent of the mesh.</summary>
    /// <param name="route">The route.</param>
    /// <param name="parent">The reference.</param>
    /// <param name="problem">What is wrong with it; empty when it is good.</param>
    /// <returns>What the route is attached to by it; nothing when it is wrong.</returns>
    public IReadOnlyList<RouteAttachment> Attach(ManifestDocument route, ParentReference parent, out string problem)
    {
        problem = "";
        var ns = parent.Namespace ?? route.Namespace;
        List<Service> found = parent.Kind == "ServiceEntry"
            ? [.. services.All.Where(s => !s.Canonical && s.Namespace == ns && s.Name == parent.Name)]
            : services.Find(ns, parent.Name) is { } service ? [service] : [];
        if (found.Count == 0)
        {
            problem = $"there is no {parent.Kind} {ns}/{parent.Name}";
            return [];
        }

        // A route of another namespace is for the clients of its own alone.
        var clients = route.Namespace == ns ? "" : route.Namespace;
        if (parent.Port is null && string.IsNullOrEmpty(parent.SectionName))
        {
            return [.. found.Select(s => new RouteAttachment(s, new RouteScope(clients, 0)))];
        }

        var attachments = found
            .SelectMany(s => s.Ports
                .Where(p => (parent.Port is null || p.Port == parent.Port) && (string.IsNullOrEmpty(parent.SectionName) || p.Name == parent.SectionName))
                .Select(p => new RouteAttachment(s, new RouteScope(clients, p.Port))))
            .ToList();
        if (attachments.Count == 0)
        {
            var wanted = parent.Port is null ? $"named {parent.SectionName}" : string.IsNullOrEmpty(parent.SectionName) ? $"{parent.Port}" : $"{parent.Port} named {parent.SectionName}";
            problem = $"{parent.Kind} {ns}/{parent.Name} has no port {wanted}; it has {string.Join(", ", found[0].Ports.Select(p => p.Name is null ? $"{p.Port}" : $"{p.Port} ({p.Name})"))}";
        }

        return attachments;
    }
}
