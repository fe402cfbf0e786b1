using System.Collections.Immutable;
using System.Net;
using Google.Protobuf.WellKnownTypes;
using NodeMesh.Model;
using Wire = NodeMesh.Discovery.Protos.Network;
using Workloads = NodeMesh.Discovery.Protos.Workloads;

namespace NodeMesh.Discovery;

public static partial class ModelCodec
{
    private const string NetworkExtension = "nodemesh.io/network";

    /// <summary>The resource name of a NetworkPolicy: <c>namespace/name</c>.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>The name.</returns>
    public static string NameOf(NetworkPolicy policy) => policy.Key.ToString();

    /// <summary>Encodes a NetworkPolicy.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>The message.</returns>
    public static Wire.NetworkPolicy ToProto(NetworkPolicy policy) => new()
    {
        Name = policy.Name,
        Namespace = policy.Namespace,
        Ingress = EncodeRules(policy.Ingress),
        Egress = EncodeRules(policy.Egress),
    };

    /// <summary>Decodes a NetworkPolicy.</summary>
    /// <param name="wire">The message.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="DiscoveryFormatException">A field is wrong, or says what this version does not know.</exception>
    public static NetworkPolicy FromProto(Wire.NetworkPolicy wire)
    {
        var name = new NamespacedName(wire.Namespace, wire.Name).ToString();
        return new NetworkPolicy
        {
            Name = Required(name, "name", wire.Name),
            Namespace = Required(name, "namespace", wire.Namespace),
            Ingress = DecodeRules(name, "ingress", wire.Ingress),
            Egress = DecodeRules(name, "egress", wire.Egress),
        };
    }

    private static Wire.Rules? EncodeRules(ImmutableArray<NetworkRule>? rules)
    {
        if (rules is not { } some)
        {
            return null;
        }

        var wire = new Wire.Rules();
        foreach (var rule in some)
        {
            var wireRule = new Wire.Rule();
            wireRule.Peers.AddRange(rule.Peers.Select(EncodePeer));
            wireRule.Ports.AddRange(rule.Ports.Select(p => new Wire.Port { Protocol = (Wire.Protocol)p.Protocol, First = (uint)p.First, Last = (uint)p.Last, Name = p.Name ?? "" }));
            wire.Rules_.Add(wireRule);
        }

        return wire;
    }

    private static Wire.Peer EncodePeer(NetworkPeer peer)
    {
        if (peer is not NetworkPeer.Block block)
        {
            return new Wire.Peer { Group = ((NetworkPeer.Group)peer).Name };
        }

        var wire = new Wire.Block { Network = EncodeBlock(block.Network) };
        wire.Except.AddRange(block.Except.Select(EncodeBlock));
        return new Wire.Peer { Block = wire };
    }

    private static Wire.Network EncodeBlock(IPNetwork network) => new() { Address = EncodeAddress(network.BaseAddress), Length = (uint)network.PrefixLength };

    private static ImmutableArray<NetworkRule>? DecodeRules(string name, string field, Wire.Rules? wire) => wire is null
        ? null
        : [.. wire.Rules_.Select(r => new NetworkRule([.. r.Peers.Select(p => DecodePeer(name, $"{field}.peers", p))], [.. r.Ports.Select(p => DecodePort(name, $"{field}.ports", p))]))];

    private static NetworkPeer DecodePeer(string name, string field, Wire.Peer wire) => wire.PeerCase switch
    {
        Wire.Peer.PeerOneofCase.Group => new NetworkPeer.Group(wire.Group),
        Wire.Peer.PeerOneofCase.Block => new NetworkPeer.Block(
            DecodeBlock(name, field, wire.Block.Network ?? new Wire.Network()),
            [.. wire.Block.Except.Select(e => DecodeBlock(name, field, e))]),
        _ => throw new DiscoveryFormatException(name, field, "the kind of peer is not known"),
    };

    private static IPNetwork DecodeBlock(string name, string field, Wire.Network wire) =>
        DecodeNetwork(name, field, new Protos.Security.Address { Address_ = wire.Address, Length = wire.Length });

    private static NetworkPort DecodePort(string name, string field, Wire.Port wire) => new(
        DecodeEnum<Wire.Protocol, NetworkProtocol>(name, field, wire.Protocol),
        DecodePort(name, field, wire.First, zeroAllowed: true),
        DecodePort(name, field, wire.Last, zeroAllowed: true),
        wire.Name.Length == 0 ? null : wire.Name);

    private static Workloads.Extension? EncodeNetwork(Workload workload)
    {
        if (workload.NetworkPolicies.IsEmpty && workload.NetworkGroups.IsEmpty && workload.NamedPorts.IsEmpty)
        {
            return null;
        }

        var wire = new Wire.WorkloadNetwork();
        wire.Policies.AddRange(workload.NetworkPolicies.Select(p => p.ToString()).Order(StringComparer.Ordinal));
        wire.Groups.AddRange(workload.NetworkGroups.Order(StringComparer.Ordinal));
        wire.NamedPorts.AddRange(workload.NamedPorts.Select(p => new Wire.NamedPort { Name = p.Name, Protocol = (Wire.Protocol)p.Protocol, Port = (uint)p.Port }));
        return new Workloads.Extension { Name = NetworkExtension, Config = Any.Pack(wire) };
    }

    private static Workload DecodeNetwork(string uid, Workload workload, IEnumerable<Workloads.Extension> extensions)
    {
        if (extensions.FirstOrDefault(e => e.Name == NetworkExtension) is not { } extension)
        {
            return workload;
        }

        if (extension.Config is not { } config || !config.Is(Wire.WorkloadNetwork.Descriptor))
        {
            throw new DiscoveryFormatException(uid, "extensions", $"{NetworkExtension} is not a {Wire.WorkloadNetwork.Descriptor.FullName}");
        }

        var wire = config.Unpack<Wire.WorkloadNetwork>();
        return workload with
        {
            NetworkPolicies = [.. wire.Policies.Select(p => DecodeKey(uid, "network.policies", p))],
            NetworkGroups = [.. wire.Groups],
            NamedPorts =
            [
                .. wire.NamedPorts.Select(p => new NamedPort(
                    p.Name,
                    DecodeEnum<Wire.Protocol, NetworkProtocol>(uid, "network.named_ports", p.Protocol),
                    DecodePort(uid, "network.named_ports", p.Port, zeroAllowed: false))),
            ],
        };
    }
}
