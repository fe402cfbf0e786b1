using NodeMesh.Linux.Bpf;

namespace NodeMesh.Capture.Ebpf;

/// <summary>The programs' maps, by the names and types of native/include/nodemesh/capture_maps.h.</summary>
internal sealed class CaptureMaps : IDisposable
{
    private CaptureMaps(BpfObject source)
    {
        Namespaces = source.Map<ulong, CapturedNamespace>("captured_namespaces");
        OwnAddresses = source.Map<OwnAddress, byte>("own_addresses");
        Ports = source.Map<PortRule, byte>("port_rules");
        Ranges = source.Map<AddressRange, byte>("address_ranges");
        VirtualInterfaces = source.Map<VirtualInterface, byte>("virtual_interfaces");
        Listeners = source.SocketMap<PodListener>("pod_listeners");
        Dialled = source.SocketStorage<DialledDestination>("dialled_destinations");
        Asked = source.SocketStorage<AskedServers>("asked_servers");
        Handshakes = source.Map<CapturedFlow, OriginalDestination>("original_destinations");
        Accepted = source.SocketStorage<OriginalDestination>("accepted_destinations");
    }

    /// <summary>Which network namespaces are captured.</summary>
    internal BpfMap<ulong, CapturedNamespace> Namespaces { get; }

    /// <summary>Destinations that stay inside a pod.</summary>
    internal BpfMap<OwnAddress, byte> OwnAddresses { get; }

    /// <summary>Exceptions by port.</summary>
    internal BpfMap<PortRule, byte> Ports { get; }

    /// <summary>Exceptions by destination.</summary>
    internal BpfMap<AddressRange, byte> Ranges { get; }

    /// <summary>Devices behind which other machines are.</summary>
    internal BpfMap<VirtualInterface, byte> VirtualInterfaces { get; }

    /// <summary>The pods' listeners.</summary>
    internal BpfSocketMap<PodListener> Listeners { get; }

    /// <summary>What applications' sockets dialled.</summary>
    internal BpfSocketStorage<DialledDestination> Dialled { get; }

    /// <summary>The name servers that applications' unconnected sockets ask.</summary>
    internal BpfSocketStorage<AskedServers> Asked { get; }

    /// <summary>Connections whose handshake is under way.</summary>
    internal BpfMap<CapturedFlow, OriginalDestination> Handshakes { get; }

    /// <summary>Where accepted connections were going.</summary>
    internal BpfSocketStorage<OriginalDestination> Accepted { get; }

    private IEnumerable<(string Name, BpfMap Map)> All =>
    [
        ("captured_namespaces", Namespaces), ("own_addresses", OwnAddresses), ("port_rules", Ports), ("address_ranges", Ranges), ("virtual_interfaces", VirtualInterfaces),
        ("pod_listeners", Listeners), ("dialled_destinations", Dialled), ("asked_servers", Asked), ("original_destinations", Handshakes), ("accepted_destinations", Accepted),
    ];

    /// <summary>Takes the maps of a loaded object.</summary>
    /// <param name="source">The object.</param>
    internal static CaptureMaps Of(BpfObject source) => new(source);

    /// <summary>Gives an object that is not loaded yet the same maps.</summary>
    /// <param name="target">The object.</param>
    internal void LendTo(BpfObject target)
    {
        foreach (var (name, map) in All)
        {
            target.Map(name).ReuseFrom(map);
        }
    }

    /// <summary>Gives an object that is not loaded yet the maps that are pinned; it makes the others.</summary>
    /// <param name="target">The object.</param>
    /// <param name="pins">Where they are pinned.</param>
    internal static void LendPinned(BpfObject target, CapturePins pins)
    {
        foreach (var name in target.MapNames.Where(n => File.Exists(pins.Map(n))))
        {
            using var map = BpfMap.OpenPinned(pins.Map(name));
            target.Map(name).ReuseFrom(map);
        }
    }

    /// <summary>Pins what is not pinned yet.</summary>
    /// <param name="pins">Where to.</param>
    internal void Pin(CapturePins pins)
    {
        foreach (var (name, map) in All.Where(m => !File.Exists(pins.Map(m.Name))))
        {
            map.Pin(pins.Map(name));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, map) in All)
        {
            map.Dispose();
        }
    }
}
