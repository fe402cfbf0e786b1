using System.Collections.Immutable;
using System.Net;
using NodeMesh.Dns;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Dns;

/// <summary>
/// The mesh's services as hosts. A service with virtual addresses answers with them; a headless one with its healthy endpoints, and each of those under its own
/// name below the service's. What has neither (an external name, or a service entry without address) is upstream's to answer.
/// </summary>
/// <param name="model">The current model; read once per question.</param>
internal sealed class MeshZone(Func<MeshModel> model) : IDnsZone
{
    /// <inheritdoc/>
    public DnsHost? Find(string name, DnsClient client)
    {
        var mesh = model();
        if (Choose(mesh.FindServices(name), client) is { } service)
        {
            return service.Addresses.IsEmpty ? Headless(mesh, service) : new DnsHost { Addresses = service.Addresses };
        }

        // A pod of a stateful set: its name below the headless service's.
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || Choose(mesh.FindServices(name[(dot + 1)..]), client) is not { Canonical: true, Addresses.IsEmpty: true } parent)
        {
            return null;
        }

        var pod = mesh.WorkloadsOf(parent.Key).Where(w => w.Namespace == parent.Namespace && w.Name.Length == dot && name.StartsWith(w.Name, StringComparison.Ordinal));
        ImmutableArray<IPAddress> addresses = [.. Answering(parent, pod)];
        return addresses.IsEmpty ? null : new DnsHost { Addresses = addresses };
    }

    /// <inheritdoc/>
    public string? FindName(IPAddress address, DnsClient client) => Choose(model().FindServices(address), client)?.Hostname;

    private static DnsHost? Headless(MeshModel mesh, Service service)
    {
        var workloads = mesh.WorkloadsOf(service.Key);

        // Without any endpoint the cluster's own DNS knows better whether the name stands for something else.
        return !service.Canonical || workloads.IsEmpty ? null : new DnsHost { Addresses = [.. Answering(service, workloads)] };
    }

    private static IEnumerable<IPAddress> Answering(Service service, IEnumerable<Workload> workloads) =>
        workloads.Where(w => w.Health == WorkloadHealth.Healthy || service.LoadBalancing.AllowUnhealthy).SelectMany(w => w.Addresses).Distinct();

    /// <summary>Of several services of one name: the client's own namespace's, then a Kubernetes Service, then the first.</summary>
    private static Service? Choose(ImmutableArray<Service> services, DnsClient client)
    {
        Service? best = null;
        foreach (var service in services)
        {
            if (!service.IsVisibleIn(client.Namespace))
            {
                continue;
            }

            if (best is null || Rank(service, client) > Rank(best, client))
            {
                best = service;
            }
        }

        return best;
    }

    private static int Rank(Service service, DnsClient client) => (service.Namespace == client.Namespace ? 2 : 0) + (service.Canonical ? 1 : 0);
}
