using System.Collections.Immutable;
using System.Net;
using NodeMesh.Local.Networking;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Store;

/// <summary>Gives services their addresses: one number each, which makes an IPv4 and an IPv6 address.</summary>
internal sealed class ServiceAddresses
{
    private const int FirstNumber = 256;
    private const int LastNumber = 65534;
    private const int DnsNumber = 10;
    private readonly AddressPool _pool = new(FirstNumber, LastNumber);

    /// <summary>Checks addresses that services ask for.</summary>
    /// <param name="documents">What is to be applied.</param>
    /// <param name="existing">What is there.</param>
    /// <exception cref="ObjectStoreException">An address is outside the range, or another service's.</exception>
    public static void CheckAll(IEnumerable<ManifestDocument> documents, ImmutableDictionary<ObjectKey, StoredObject> existing)
    {
        var owners = existing.Values.Where(o => o.Document.Resource is ServiceResource)
            .ToDictionary(o => o.Key, o => NumberOf((ServiceResource)o.Document.Resource!));
        foreach (var document in documents.Where(d => d.Resource is ServiceResource { Spec.ClusterIP: not (null or "" or "None") }))
        {
            var text = ((ServiceResource)document.Resource!).Spec.ClusterIP!;
            var number = IPAddress.TryParse(text, out var address) ? AddressPlan.ServiceNumber(address) : null;
            if (number is null or DnsNumber)
            {
                throw new ObjectStoreException($"{document.Origin}: spec.clusterIP: {text} is not a free address of {AddressPlan.ServicesV4} or {AddressPlan.ServicesV6}; leave it out to get one");
            }

            var key = ObjectKey.Of(document);
            var owner = owners.FirstOrDefault(o => o.Value == number && o.Key != key);
            if (owner.Value is not null)
            {
                throw new ObjectStoreException($"{document.Origin}: spec.clusterIP: {text} belongs to {owner.Key} in {owner.Key.Namespace}; leave it out to get another");
            }

            owners[key] = number;
        }
    }

    /// <summary>Fills in a service's addresses.</summary>
    /// <param name="root">The service.</param>
    /// <param name="old">What it was, so that it keeps its addresses.</param>
    /// <exception cref="ObjectStoreException">None is left.</exception>
    public ManifestMapping Assign(ManifestMapping root, ManifestMapping? old)
    {
        var spec = (ManifestMapping)root["spec"]!;
        var oldSpec = old?["spec"] as ManifestMapping;
        var oldNumber = Number(oldSpec?.Text("clusterIP"));
        if (spec.Text("type") == "ExternalName" || spec.Text("clusterIP") == "None")
        {
            ReleaseNumber(oldNumber);
            return root;
        }

        var number = Number(spec.Text("clusterIP")) ?? oldNumber ?? _pool.Take() ?? throw new ObjectStoreException("every service address is taken: delete a service");
        if (oldNumber is not null && oldNumber != number)
        {
            ReleaseNumber(oldNumber);
        }

        _pool.TryTake(number);
        ManifestNode[] addresses = [.. Families(spec).Select(v4 => ManifestScalar.String((v4 ? AddressPlan.ServiceV4(number) : AddressPlan.ServiceV6(number)).ToString()))];
        return root.With("spec", spec.With("clusterIP", addresses[0]).With("clusterIPs", new ManifestSequence([.. addresses])));
    }

    /// <summary>Gives a service's number back.</summary>
    /// <param name="document">The object that goes away.</param>
    public void Release(ManifestDocument document)
    {
        if (document.Resource is ServiceResource service)
        {
            ReleaseNumber(NumberOf(service));
        }
    }

    // Where nothing is said a service gets both families: local meshes are dual-stack.
    private static IEnumerable<bool> Families(ManifestMapping spec)
    {
        if (spec["ipFamilies"] is ManifestSequence { Items.Length: > 0 } families)
        {
            return families.Items.OfType<ManifestScalar>().Select(f => f.Text == "IPv4");
        }

        var address = spec.Text("clusterIP");
        var v6First = address is not null && address.Contains(':', StringComparison.Ordinal);
        return spec.Text("ipFamilyPolicy") == "SingleStack" ? [!v6First] : [!v6First, v6First];
    }

    private void ReleaseNumber(int? number)
    {
        if (number is { } taken)
        {
            _pool.Release(taken);
        }
    }

    private static int? NumberOf(ServiceResource service) => Number(service.Spec.ClusterIP);

    private static int? Number(string? address) => IPAddress.TryParse(address, out var parsed) ? AddressPlan.ServiceNumber(parsed) : null;
}
