using System.Collections.Immutable;
using System.Net;
using NodeMesh.Dns;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Controllers;
using NodeMesh.Local.Networking;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Endpoints;

/// <summary>The cluster's names, as Kubernetes' DNS specification has them: services, headless services, their endpoints' host names, ports, pods by address.</summary>
/// <param name="store">The objects.</param>
/// <param name="fleet">The pods.</param>
internal sealed class ClusterZone(ObjectStore store, PodFleet fleet) : IDnsZone
{
    private static readonly string[] Domain = ClusterNames.Domain.Split('.');

    /// <inheritdoc/>
    public DnsHost? Find(string name, DnsClient client)
    {
        var labels = name.Split('.');
        if (labels.Length <= Domain.Length || !labels.AsSpan()[^Domain.Length..].SequenceEqual(Domain))
        {
            return null;
        }

        return labels[..^Domain.Length] switch
        {
            ["svc"] or ["pod"] => new DnsHost(),
            [var ns, "svc"] => store.Find<NamespaceResource>("", ns) is null ? null : new DnsHost(),
            [var address, _, "pod"] => ParseDashed(address) is { } parsed ? new DnsHost { Addresses = [parsed] } : null,
            [var service, var ns, "svc"] => store.Find<ServiceResource>(ns, service) is { } found ? OfService(found) : null,
            [var host, var service, var ns, "svc"] => store.Find<ServiceResource>(ns, service) is { } found ? OfEndpoint(found, host) : null,
            [var port, var protocol, var service, var ns, "svc"] => store.Find<ServiceResource>(ns, service) is { } found ? OfPort(found, port, protocol) : null,
            _ => null,
        };
    }

    /// <inheritdoc/>
    public string? FindName(IPAddress address, DnsClient client) =>
        store.All<ServiceResource>().FirstOrDefault(s => EndpointFinder.Addresses(s).Contains(address)) is { } service ? FullName(service) : null;

    private static string FullName(ServiceResource service) => $"{service.Metadata.Name}.{service.Metadata.Namespace}.svc.{ClusterNames.Domain}";

    private DnsHost OfService(ServiceResource service) =>
        service.Spec.Type == "ExternalName" ? new DnsHost { CanonicalName = service.Spec.ExternalName?.TrimEnd('.').ToLowerInvariant() }
        : IsHeadless(service) ? new DnsHost { Addresses = [.. Ready(service).Select(e => e.Address).Distinct()] }
        : new DnsHost { Addresses = EndpointFinder.Addresses(service) };

    private DnsHost? OfEndpoint(ServiceResource service, string host)
    {
        var addresses = IsHeadless(service)
            ? Ready(service).Where(e => host == (e.Hostname ?? Dashed(e.Address))).Select(e => e.Address).ToImmutableArray()
            : [];
        return addresses.Length == 0 ? null : new DnsHost { Addresses = addresses };
    }

    private DnsHost? OfPort(ServiceResource service, string port, string protocol)
    {
        var found = service.Spec.Ports.FirstOrDefault(p => $"_{p.Name}" == port && $"_{(p.Protocol ?? "TCP").ToLowerInvariant()}" == protocol);
        if (found is null)
        {
            return null;
        }

        var targets = IsHeadless(service)
            ? Ready(service).Where(e => AddressPool.IsV4(e.Address)).Select(e => $"{e.Hostname ?? Dashed(e.Address)}.{FullName(service)}")
            : [FullName(service)];
        return new DnsHost { Services = [.. targets.Select(t => new DnsServiceRecord(t, (ushort)found.Port))] };
    }

    private IEnumerable<ServiceEndpoint> Ready(ServiceResource service) => new EndpointFinder(store, fleet.Pods).Find(service).Where(e => e.Ready);

    private static bool IsHeadless(ServiceResource service) => service.Spec.ClusterIP == "None";

    private static string Dashed(IPAddress address) => address.ToString().Replace('.', '-').Replace(':', '-');

    private static IPAddress? ParseDashed(string text) =>
        IPAddress.TryParse(text.Replace('-', '.'), out var v4) && text.Count(c => c == '-') == 3 ? v4
        : IPAddress.TryParse(text.Replace('-', ':'), out var v6) ? v6
        : null;
}
