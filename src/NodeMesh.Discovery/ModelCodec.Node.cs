using NodeMesh.Model;
using Wire = NodeMesh.Discovery.Protos.Nodes;

namespace NodeMesh.Discovery;

public static partial class ModelCodec
{
    /// <summary>Encodes a node.</summary>
    /// <param name="node">The node.</param>
    /// <returns>The message.</returns>
    public static Wire.Node ToProto(MeshNode node)
    {
        var wire = new Wire.Node { Name = node.Name, HasNodeTunnel = node.HasNodeTunnel };
        wire.Addresses.AddRange(node.Addresses.Select(EncodeAddress));
        if (node.Locality != Locality.Unknown)
        {
            wire.Locality = new Wire.Locality { Region = node.Locality.Region, Zone = node.Locality.Zone, Subzone = node.Locality.Subzone };
        }

        return wire;
    }

    /// <summary>Decodes a node.</summary>
    /// <param name="wire">The message.</param>
    /// <returns>The node.</returns>
    /// <exception cref="DiscoveryFormatException">A field is wrong.</exception>
    public static MeshNode FromProto(Wire.Node wire) => new()
    {
        Name = Required("", "name", wire.Name),
        Addresses = [.. wire.Addresses.Select(a => DecodeAddress(wire.Name, "addresses", a))],
        Locality = wire.Locality is { } l ? new Locality(l.Region, l.Zone, l.Subzone) : Locality.Unknown,
        HasNodeTunnel = wire.HasNodeTunnel,
    };
}
