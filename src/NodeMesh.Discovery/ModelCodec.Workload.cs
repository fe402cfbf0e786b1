using System.Net;
using NodeMesh.Model;
using NodeMesh.Model.AccessLogging;
using Wire = NodeMesh.Discovery.Protos.Workloads;

namespace NodeMesh.Discovery;

public static partial class ModelCodec
{
    /// <summary>Encodes a workload.</summary>
    /// <param name="workload">The workload.</param>
    /// <returns>The message.</returns>
    public static Wire.Address ToProto(Workload workload)
    {
        var wire = new Wire.Workload
        {
            Uid = workload.Uid,
            Name = workload.Name,
            Namespace = workload.Namespace,
            Hostname = workload.Hostname,
            Network = workload.Network,
            TunnelProtocol = (Wire.TunnelProtocol)workload.TunnelProtocol,
            TrustDomain = workload.TrustDomain == SpiffeId.DefaultTrustDomain ? "" : workload.TrustDomain,
            ServiceAccount = workload.ServiceAccount == "default" ? "" : workload.ServiceAccount,
            Node = workload.Node,
            CanonicalName = workload.CanonicalName,
            CanonicalRevision = workload.CanonicalRevision,
            WorkloadType = (Wire.WorkloadType)workload.WorkloadType,
            WorkloadName = workload.WorkloadName,
            Status = (Wire.WorkloadStatus)workload.Health,
            ClusterId = workload.ClusterId,
            NetworkMode = (Wire.NetworkMode)workload.NetworkMode,
        };
        wire.Addresses.AddRange(workload.Addresses.Select(EncodeAddress));
        wire.AuthorizationPolicies.AddRange(workload.AuthorizationPolicies.Select(p => p.ToString()).Order(StringComparer.Ordinal));
        if (workload.Locality != Locality.Unknown)
        {
            wire.Locality = new Wire.Locality { Region = workload.Locality.Region, Zone = workload.Locality.Zone, Subzone = workload.Locality.Subzone };
        }

        if (workload.Capacity != 1)
        {
            wire.Capacity = workload.Capacity;
        }

        wire.NodemeshEgress = EncodeEgress(workload.Egress);
        wire.NodemeshTracing = EncodeTracing(workload.Tracing);
        wire.NodemeshAccessLog = EncodeAccessLog(workload.AccessLog);
        foreach (var label in workload.Labels)
        {
            wire.NodemeshLabels[label.Key] = label.Value;
        }

        foreach (var binding in workload.Services.OrderBy(b => b.Service.ToString(), StringComparer.Ordinal))
        {
            var ports = new Wire.PortList();
            ports.Ports.AddRange(binding.Ports.Select(EncodePort));
            wire.Services[binding.Service.ToString()] = ports;
        }

        if (EncodeNetwork(workload) is { } network)
        {
            wire.Extensions.Add(network);
        }

        return new Wire.Address { Workload = wire };
    }

    /// <summary>Decodes an address.</summary>
    /// <param name="address">The message.</param>
    /// <returns>A <see cref="Workload"/> or a <see cref="Service"/>.</returns>
    /// <exception cref="DiscoveryFormatException">It is neither, or a field is wrong.</exception>
    public static object FromProto(Wire.Address address) => address.TypeCase switch
    {
        Wire.Address.TypeOneofCase.Workload => FromProto(address.Workload),
        Wire.Address.TypeOneofCase.Service => FromProto(address.Service),
        _ => throw new DiscoveryFormatException("", "type", "is neither a workload nor a service"),
    };

    /// <summary>Decodes a workload.</summary>
    /// <param name="wire">The message.</param>
    /// <returns>The workload.</returns>
    /// <exception cref="DiscoveryFormatException">A field is wrong, or asks for what a node proxy cannot do.</exception>
    public static Workload FromProto(Wire.Workload wire)
    {
        var uid = Required(wire.Name, "uid", wire.Uid);
        if (wire.Waypoint is not null)
        {
            throw new DiscoveryFormatException(uid, "waypoint", "waypoints are not supported; remove the workload from its waypoint");
        }

        if (wire.NetworkGateway is not null)
        {
            throw new DiscoveryFormatException(uid, "network_gateway", "gateways between networks are not supported");
        }

        if (wire.ApplicationTunnel is { Protocol: not Wire.ApplicationTunnel.Types.Protocol.None })
        {
            throw new DiscoveryFormatException(uid, "application_tunnel", "application tunnels are not supported");
        }

        var trustDomain = wire.TrustDomain.Length == 0 ? SpiffeId.DefaultTrustDomain : wire.TrustDomain;
        var account = wire.ServiceAccount.Length == 0 ? "default" : wire.ServiceAccount;
        CheckIdentity(uid, trustDomain, wire.Namespace, account);
        var workload = new Workload
        {
            Uid = uid,
            Name = Required(uid, "name", wire.Name),
            Namespace = wire.Namespace,
            Addresses = [.. wire.Addresses.Select(a => DecodeAddress(uid, "addresses", a))],
            Hostname = wire.Hostname,
            Network = wire.Network,
            TrustDomain = trustDomain,
            ServiceAccount = account,
            Node = wire.Node,
            TunnelProtocol = DecodeEnum<Wire.TunnelProtocol, TunnelProtocol>(uid, "tunnel_protocol", wire.TunnelProtocol),
            NetworkMode = DecodeEnum<Wire.NetworkMode, NetworkMode>(uid, "network_mode", wire.NetworkMode),
            Health = DecodeEnum<Wire.WorkloadStatus, WorkloadHealth>(uid, "status", wire.Status),
            CanonicalName = wire.CanonicalName,
            CanonicalRevision = wire.CanonicalRevision,
            WorkloadName = wire.WorkloadName,
            WorkloadType = DecodeEnum<Wire.WorkloadType, WorkloadType>(uid, "workload_type", wire.WorkloadType),
            ClusterId = wire.ClusterId,
            Locality = wire.Locality is { } l ? new Locality(l.Region, l.Zone, l.Subzone) : Locality.Unknown,
            Services = [.. wire.Services.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => DecodeBinding(uid, s.Key, s.Value))],
            AuthorizationPolicies = [.. wire.AuthorizationPolicies.Select(p => DecodeKey(uid, "authorization_policies", p))],
            Labels = [.. wire.NodemeshLabels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new WorkloadLabel(l.Key, l.Value))],
            Egress = DecodeEgress(wire.NodemeshEgress),
            Tracing = DecodeTracing(wire.NodemeshTracing),
            AccessLog = DecodeAccessLog(wire.NodemeshAccessLog),
            Capacity = wire.Capacity is { } capacity ? Math.Max(1, capacity) : 1,
        };
        return DecodeNetwork(uid, workload, wire.Extensions);
    }

    /// <summary>Encodes a service.</summary>
    /// <param name="service">The service.</param>
    /// <returns>The message.</returns>
    public static Wire.Address ToProto(Service service)
    {
        var wire = new Wire.Service { Name = service.Name, Namespace = service.Namespace, Hostname = service.Hostname, Canonical = service.Canonical };
        wire.Addresses.AddRange(service.Addresses.Select(a => new Wire.NetworkAddress { Address = EncodeAddress(a) }));
        wire.Addresses.AddRange(service.Networks.Select(n => new Wire.NetworkAddress { Address = EncodeAddress(n.BaseAddress), Length = (uint)n.PrefixLength }));
        wire.NodemeshVisibleIn.AddRange(service.VisibleIn);
        wire.Ports.AddRange(service.Ports.Select(EncodePort));
        wire.SubjectAltNames.AddRange(service.SubjectAltNames);
        var balancing = service.LoadBalancing;
        if (balancing.Mode != LoadBalancingMode.Unspecified || balancing.AllowUnhealthy || !balancing.Preferences.IsEmpty)
        {
            wire.LoadBalancing = new Wire.LoadBalancing
            {
                Mode = (Wire.LoadBalancing.Types.Mode)balancing.Mode,
                HealthPolicy = balancing.AllowUnhealthy ? Wire.LoadBalancing.Types.HealthPolicy.AllowAll : Wire.LoadBalancing.Types.HealthPolicy.OnlyHealthy,
            };
            wire.LoadBalancing.RoutingPreference.AddRange(balancing.Preferences.Select(p => (Wire.LoadBalancing.Types.Scope)p));
        }

        return new Wire.Address { Service = wire };
    }

    /// <summary>Decodes a service.</summary>
    /// <param name="wire">The message.</param>
    /// <returns>The service.</returns>
    /// <exception cref="DiscoveryFormatException">A field is wrong, or asks for what a node proxy cannot do.</exception>
    public static Service FromProto(Wire.Service wire)
    {
        var hostname = Required(wire.Name, "hostname", wire.Hostname);
        var name = new NamespacedName(Required(hostname, "namespace", wire.Namespace), hostname).ToString();
        if (wire.Waypoint is not null)
        {
            throw new DiscoveryFormatException(name, "waypoint", "waypoints are not supported; remove the service from its waypoint");
        }

        var addresses = wire.Addresses.Select(a => DecodeVirtualAddress(name, a)).ToList();
        return new Service
        {
            Name = Required(name, "name", wire.Name),
            Namespace = wire.Namespace,
            Hostname = hostname,
            Addresses = [.. addresses.Where(IsSingle).Select(a => a.BaseAddress)],
            Networks = [.. addresses.Where(a => !IsSingle(a))],
            Ports = [.. wire.Ports.Select(p => DecodeServicePort(name, "ports", p))],
            SubjectAltNames = [.. wire.SubjectAltNames],
            LoadBalancing = wire.LoadBalancing is { } balancing ? DecodeBalancing(name, balancing) : LoadBalancing.Default,
            Canonical = wire.Canonical,
            VisibleIn = [.. wire.NodemeshVisibleIn],
        };
    }

    private static Wire.NodeMeshEgress? EncodeEgress(EgressScope? egress)
    {
        if (egress is null)
        {
            return null;
        }

        var wire = new Wire.NodeMeshEgress { Hosts = { egress.Hosts.Select(h => new Wire.NodeMeshEgress.Types.Host { Namespace = h.Namespace, Host_ = h.Host }) } };
        if (egress.RegistryOnly is { } only)
        {
            wire.RegistryOnly = only;
        }

        return wire;
    }

    private static EgressScope? DecodeEgress(Wire.NodeMeshEgress? wire) => wire is null ? null : new EgressScope
    {
        RegistryOnly = wire.HasRegistryOnly ? wire.RegistryOnly : null,
        Hosts = [.. wire.Hosts.Select(h => new EgressHost(h.Namespace, h.Host_))],
    };

    private static Wire.NodeMeshTracing? EncodeTracing(TracingPolicy? tracing)
    {
        if (tracing is null)
        {
            return null;
        }

        var wire = new Wire.NodeMeshTracing
        {
            Reported = tracing.IsReported,
            PropagatesContext = tracing.PropagatesContext,
            IstioTags = tracing.HasIstioTags,
            Tags = { tracing.Tags.Select(t => new Wire.NodeMeshTracing.Types.Tag { Name = t.Name, Header = t.Header, Value = t.Value }) },
        };
        if (tracing.SamplingPercentage is { } percentage)
        {
            wire.SamplingPercentage = percentage;
        }

        return wire;
    }

    private static TracingPolicy? DecodeTracing(Wire.NodeMeshTracing? wire) => wire is null ? null : new TracingPolicy
    {
        SamplingPercentage = wire.HasSamplingPercentage ? wire.SamplingPercentage : null,
        IsReported = wire.Reported,
        PropagatesContext = wire.PropagatesContext,
        HasIstioTags = wire.IstioTags,
        Tags = [.. wire.Tags.Select(t => new TracingTag(t.Name, t.Header, t.Value))],
    };

    private static Wire.NodeMeshAccessLog? EncodeAccessLog(AccessLogPolicy? policy)
    {
        return policy is null ? null : new Wire.NodeMeshAccessLog { Client = Rule(policy.Client), Server = Rule(policy.Server) };

        static Wire.NodeMeshAccessLog.Types.Rule Rule(AccessLogRule rule) => new() { Disabled = rule.IsDisabled, Filter = rule.Filter?.Expression ?? "" };
    }

    private static AccessLogPolicy? DecodeAccessLog(Wire.NodeMeshAccessLog? wire)
    {
        return wire is null ? null : new AccessLogPolicy { Client = Rule(wire.Client), Server = Rule(wire.Server) };

        // Of an expression that a newer control plane can read, and this one cannot, all lines are written.
        static AccessLogRule Rule(Wire.NodeMeshAccessLog.Types.Rule? rule) =>
            rule is null ? AccessLogRule.All : new AccessLogRule(rule.Disabled, AccessLogFilter.TryParse(rule.Filter, out var filter, out _) ? filter : null);
    }

    private static void CheckIdentity(string uid, string trustDomain, string ns, string account)
    {
        try
        {
            _ = new SpiffeId(trustDomain, ns, account);
        }
        catch (ArgumentException e)
        {
            var field = e.ParamName switch { "trustDomain" => "trust_domain", "ns" => "namespace", _ => "service_account" };
            throw new DiscoveryFormatException(uid, field, e.Message);
        }
    }

    private static Wire.Port EncodePort(ServicePort port) => new()
    {
        ServicePort = (uint)port.Port,
        TargetPort = (uint)port.TargetPort,
        AppProtocol = port.Protocol <= AppProtocol.Grpc ? (Wire.AppProtocol)port.Protocol : Wire.AppProtocol.Unknown,
        NodemeshProtocol = port.Protocol <= AppProtocol.Grpc ? 0 : (uint)port.Protocol,
        NodemeshName = port.Name ?? "",
    };

    private static ServicePort DecodeServicePort(string resource, string field, Wire.Port port) =>
        new(
            DecodePort(resource, $"{field}.service_port", port.ServicePort, zeroAllowed: false),
            DecodePort(resource, $"{field}.target_port", port.TargetPort, zeroAllowed: true),
            DecodeProtocol(port),
            OrNull(port.NodemeshName));

    // A protocol that this version does not know is nothing said: the first bytes tell.
    private static AppProtocol DecodeProtocol(Wire.Port port)
    {
        var protocol = port.NodemeshProtocol != 0 ? (AppProtocol)port.NodemeshProtocol : (AppProtocol)port.AppProtocol;
        return Enum.IsDefined(protocol) ? protocol : AppProtocol.Unknown;
    }

    private static ServiceBinding DecodeBinding(string uid, string key, Wire.PortList ports) =>
        new(DecodeKey(uid, "services", key), [.. ports.Ports.Select(p => DecodeServicePort(uid, $"services[{key}]", p))]);

    private static bool IsSingle(IPNetwork network) => network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8;

    private static IPNetwork DecodeVirtualAddress(string name, Wire.NetworkAddress address)
    {
        var decoded = DecodeAddress(name, "addresses", address.Address);
        var bits = address.Address.Length * 8;
        if (!address.HasLength)
        {
            return new IPNetwork(decoded, bits);
        }

        return address.Length <= (uint)bits && IPNetwork.TryParse($"{decoded}/{address.Length}", out var network)
            ? network
            : throw new DiscoveryFormatException(name, "addresses.length", $"{decoded}/{address.Length} is not a network");
    }

    private static LoadBalancing DecodeBalancing(string name, Wire.LoadBalancing wire) => new()
    {
        Preferences = [.. wire.RoutingPreference.Select(p => DecodeEnum<Wire.LoadBalancing.Types.Scope, TrafficScope>(name, "load_balancing.routing_preference", p))],
        Mode = DecodeEnum<Wire.LoadBalancing.Types.Mode, LoadBalancingMode>(name, "load_balancing.mode", wire.Mode),
        AllowUnhealthy = wire.HealthPolicy == Wire.LoadBalancing.Types.HealthPolicy.AllowAll,
    };
}
