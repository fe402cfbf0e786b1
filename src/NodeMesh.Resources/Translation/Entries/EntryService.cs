using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Entries;

/// <summary>A ServiceEntry and the services that it makes.</summary>
/// <param name="Document">The ServiceEntry.</param>
/// <param name="Spec">What it says.</param>
/// <param name="Services">One service for each host that counts.</param>
internal sealed record EntryService(ManifestDocument Document, ServiceEntrySpec Spec, ImmutableArray<Service> Services)
{
    /// <summary>How its endpoints are found.</summary>
    public string Resolution => Spec.Resolution ?? "NONE";

    /// <summary>Binds an endpoint to every host.</summary>
    /// <param name="own">The endpoint's own ports by the name of the port.</param>
    /// <returns>The bindings.</returns>
    public IEnumerable<ServiceBinding> Bind(ImmutableDictionary<string, int> own)
    {
        ImmutableArray<ServicePort> ports =
            [.. Spec.Ports.Where(EntryTranslator.IsTcp).Select(p => new ServicePort(p.Number, own.TryGetValue(p.Name, out var port) ? port : p.TargetPort ?? p.Number))];
        return Services.Select(s => new ServiceBinding(s.Key, ports));
    }
}
