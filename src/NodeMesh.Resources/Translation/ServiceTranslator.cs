using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Resources.Translation;

/// <summary>Translates Services, and says which ports of them a pod serves.</summary>
internal static class ServiceTranslator
{
    private static readonly ImmutableArray<TrafficScope> ZonePreferences = [TrafficScope.Network, TrafficScope.Region, TrafficScope.Zone];

    private static readonly ImmutableArray<TrafficScope> NodePreferences =
        [TrafficScope.Network, TrafficScope.Region, TrafficScope.Zone, TrafficScope.Subzone, TrafficScope.Node];

    /// <summary>Translates a Service.</summary>
    /// <param name="service">The Service; not an ExternalName.</param>
    /// <param name="namespaceAnnotations">Annotations of its namespace.</param>
    /// <param name="settings">The mesh.</param>
    /// <returns>The model's service.</returns>
    public static Service Translate(ServiceResource service, ImmutableDictionary<string, string> namespaceAnnotations, MeshSettings settings)
    {
        var spec = service.Spec;
        var metadata = service.Metadata;
        return new Service
        {
            Name = metadata.Name,
            Namespace = metadata.Namespace!,
            Hostname = $"{metadata.Name}.{metadata.Namespace}.svc.{settings.ClusterDomain}".ToLowerInvariant(),
            Addresses = Addresses(spec),
            Ports = [.. TcpPorts(spec).Select(p => new ServicePort(p.Port, p.TargetPort is { } target ? target.Number ?? 0 : p.Port, AppProtocols.Of(p.AppProtocol, p.Name), p.Name))],
            LoadBalancing = Balance(service, namespaceAnnotations),
            VisibleIn = ExportTo.Of(metadata.Annotations, metadata.Namespace!),
        };
    }

    /// <summary>The ports of a Service as a pod serves them; a named target port that the pod does not have is left out.</summary>
    /// <param name="spec">The Service's spec.</param>
    /// <param name="pod">The pod.</param>
    /// <returns>Ports with the pod's own target ports.</returns>
    public static ImmutableArray<ServicePort> BindPorts(ServiceSpec spec, PodSpec pod)
    {
        var ports = ImmutableArray.CreateBuilder<ServicePort>(spec.Ports.Length);
        foreach (var port in TcpPorts(spec))
        {
            var target = port.TargetPort switch
            {
                null => port.Port,
                { Number: { } number } => number,
                { Name: { } name } => FindPort(pod, name),
                _ => 0,
            };
            if (target != 0)
            {
                ports.Add(new ServicePort(port.Port, target));
            }
        }

        return ports.ToImmutable();
    }

    /// <summary>The ports of a Service as a slice of endpoints serves them: matched by the port's name.</summary>
    /// <param name="spec">The Service's spec.</param>
    /// <param name="endpoints">The slice's ports.</param>
    /// <returns>Ports with the endpoints' own target ports.</returns>
    public static ImmutableArray<ServicePort> BindPorts(ServiceSpec spec, ImmutableArray<EndpointPort> endpoints) =>
        [.. TcpPorts(spec)
            .Select(port => (port.Port, Target: endpoints.FirstOrDefault(e => (e.Name ?? "") == (port.Name ?? "") && (e.Protocol ?? "TCP") == "TCP")))
            .Where(p => p.Target is not null)
            .Select(p => new ServicePort(p.Port, p.Target!.Port ?? p.Port))];

    private static IEnumerable<ServicePortSpec> TcpPorts(ServiceSpec spec) => spec.Ports.Where(p => (p.Protocol ?? "TCP") == "TCP");

    private static int FindPort(PodSpec pod, string name) =>
        pod.Containers.Concat(pod.InitContainers.Where(c => c.RestartPolicy == "Always"))
            .SelectMany(c => c.Ports)
            .FirstOrDefault(p => p.Name == name && (p.Protocol ?? "TCP") == "TCP")?.ContainerPort ?? 0;

    private static ImmutableArray<IPAddress> Addresses(ServiceSpec spec)
    {
        var cluster = spec.ClusterIPs.IsEmpty ? (spec.ClusterIP is { } one ? [one] : []) : spec.ClusterIPs;
        return [.. cluster.Concat(spec.ExternalIPs)
            .Select(text => IPAddress.TryParse(text, out var address) ? address : null)
            .OfType<IPAddress>()
            .Distinct()];
    }

    private static LoadBalancing Balance(ServiceResource service, ImmutableDictionary<string, string> namespaceAnnotations)
    {
        var spec = service.Spec;
        var wish = spec.TrafficDistribution
            ?? service.Metadata.Annotations.GetValueOrDefault(Labels.TrafficDistribution)
            ?? namespaceAnnotations.GetValueOrDefault(Labels.TrafficDistribution);
        var (mode, preferences) = (spec.InternalTrafficPolicy, wish) switch
        {
            ("Local", _) => (LoadBalancingMode.Strict, [TrafficScope.Node]),
            (_, "PreferClose" or "PreferSameZone") => (LoadBalancingMode.Failover, ZonePreferences),
            (_, "PreferSameNode") => (LoadBalancingMode.Failover, NodePreferences),
            _ => (LoadBalancingMode.Unspecified, ImmutableArray<TrafficScope>.Empty),
        };
        var unhealthy = spec.PublishNotReadyAddresses == true;
        return mode == LoadBalancingMode.Unspecified && !unhealthy
            ? LoadBalancing.Default
            : new LoadBalancing { Mode = mode, Preferences = preferences, AllowUnhealthy = unhealthy };
    }
}
