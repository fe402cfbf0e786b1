using NodeMesh.Model.Traffic;
using Wire = NodeMesh.Discovery.Protos.Routes;

namespace NodeMesh.Discovery;

public static partial class ModelCodec
{
    private static Wire.TrafficPolicy Encode(TrafficPolicy policy) => new()
    {
        Origin = Encode(policy.Origin),
        ClientNamespace = policy.ClientNamespace,
        Settings = Encode(policy.Settings),
        Ports = { policy.Ports.Select(Encode) },
        Subsets =
        {
            policy.Subsets.Select(s => new Wire.Subset
            {
                Name = s.Name,
                Labels = { s.Labels.Select(Encode) },
                Settings = s.Settings is null ? null : Encode(s.Settings),
                Ports = { s.Ports.Select(Encode) },
            }),
        },
    };

    private static TrafficPolicy Decode(string name, Wire.TrafficPolicy wire) => new()
    {
        Origin = Decode(name, wire.Origin),
        ClientNamespace = wire.ClientNamespace,
        Settings = Decode(name, wire.Settings),
        Ports = [.. wire.Ports.Select(p => Decode(name, p))],
        Subsets =
        [
            .. wire.Subsets.Select(s => new TrafficSubset(
                Required(name, "subsets.name", s.Name),
                [.. s.Labels.Select(Decode)],
                s.Settings is null ? null : Decode(name, s.Settings),
                [.. s.Ports.Select(p => Decode(name, p))])),
        ],
    };

    private static Wire.PortTrafficSettings Encode(PortTrafficSettings port) => new() { Port = (uint)port.Port, Settings = Encode(port.Settings) };

    private static PortTrafficSettings Decode(string name, Wire.PortTrafficSettings wire) => new(DecodePort(name, "ports.port", wire.Port, zeroAllowed: false), Decode(name, wire.Settings));

    private static Wire.TrafficSettings Encode(TrafficSettings settings) => new()
    {
        LoadBalancer = Encode(settings.LoadBalancer),
        ConnectionPool = Encode(settings.ConnectionPool),
        OutlierDetection = Encode(settings.OutlierDetection),
        Tls = Encode(settings.Tls),
        RetryBudget = settings.RetryBudget is not { } budget ? null : new Wire.RetryBudget { Percent = budget.Percent, MinimumConcurrency = (uint)budget.MinimumConcurrency },
        ProxyProtocol = (uint)settings.ProxyProtocol,
        Resilience = Encode(settings.Resilience),
    };

    private static TrafficSettings Decode(string name, Wire.TrafficSettings? wire) => wire is null ? TrafficSettings.Default : new TrafficSettings
    {
        LoadBalancer = Decode(name, wire.LoadBalancer),
        ConnectionPool = Decode(wire.ConnectionPool),
        OutlierDetection = Decode(wire.OutlierDetection),
        Tls = Decode(name, wire.Tls),
        RetryBudget = wire.RetryBudget is not { } budget ? null : new RetryBudget(budget.Percent, (int)budget.MinimumConcurrency),
        ProxyProtocol = (int)wire.ProxyProtocol,
        Resilience = Decode(name, wire.Resilience),
    };

    private static Wire.LoadBalancer? Encode(LoadBalancer? balancer) => balancer is null ? null : new Wire.LoadBalancer
    {
        Kind = (Wire.LoadBalancerKind)balancer.Kind,
        Hash = balancer.Hash is not { } hash ? null : new Wire.ConsistentHash
        {
            On = (Wire.HashKey)hash.On,
            Key = hash.Key,
            CookiePath = hash.CookiePath,
            CookieTtl = Encode(hash.CookieTtl),
            Maglev = hash.Maglev,
            MinimumRingSize = (uint)hash.MinimumRingSize,
            TableSize = (uint)hash.TableSize,
        },
        Locality = Encode(balancer.Locality),
        SlowStart = balancer.SlowStart is not { } slow ? null : new Wire.SlowStart { Duration = Encode(slow.Duration), MinimumPercent = slow.MinimumPercent, Aggression = slow.Aggression },
    };

    private static LoadBalancer? Decode(string name, Wire.LoadBalancer? wire) => wire is null ? null : new LoadBalancer
    {
        Kind = DecodeEnum<Wire.LoadBalancerKind, LoadBalancerKind>(name, "load_balancer.kind", wire.Kind),
        Hash = wire.Hash is not { } hash ? null : new ConsistentHash
        {
            On = DecodeEnum<Wire.HashKey, HashKeyKind>(name, "hash.on", hash.On),
            Key = hash.Key,
            CookiePath = hash.CookiePath,
            CookieTtl = hash.CookieTtl?.ToTimeSpan(),
            Maglev = hash.Maglev,
            MinimumRingSize = (int)hash.MinimumRingSize,
            TableSize = (int)hash.TableSize,
        },
        Locality = Decode(wire.Locality),
        SlowStart = wire.SlowStart is not { } slow ? null : new SlowStart(slow.Duration?.ToTimeSpan() ?? TimeSpan.Zero, slow.MinimumPercent, slow.Aggression),
    };

    private static Wire.LocalityBalancing? Encode(LocalityBalancing? locality) => locality is null ? null : new Wire.LocalityBalancing
    {
        Enabled = locality.Enabled,
        Distribute =
        {
            locality.Distribute.Select(d => new Wire.LocalityBalancing.Types.Distribution
            {
                From = d.From,
                To = { d.To.Select(t => new Wire.LocalityBalancing.Types.Share { Locality = t.Locality, Weight = (uint)t.Weight }) },
            }),
        },
        Failover = { locality.Failover.Select(f => new Wire.LocalityBalancing.Types.Failover { From = f.From, To = f.To }) },
        FailoverPriority = { locality.FailoverPriority.Select(p => new Wire.LocalityBalancing.Types.Priority { Key = p.Key, Value = p.Value }) },
    };

    private static LocalityBalancing? Decode(Wire.LocalityBalancing? wire) => wire is null ? null : new LocalityBalancing
    {
        Enabled = wire.Enabled,
        Distribute = [.. wire.Distribute.Select(d => new LocalityDistribution(d.From, [.. d.To.Select(t => new LocalityShare(t.Locality, (int)t.Weight))]))],
        Failover = [.. wire.Failover.Select(f => new LocalityFailover(f.From, f.To))],
        FailoverPriority = [.. wire.FailoverPriority.Select(p => new LabelPriority(p.Key, p.Value))],
    };

    private static Wire.ConnectionPool? Encode(ConnectionPool? pool) => pool is null ? null : new Wire.ConnectionPool
    {
        MaxConnections = (uint?)pool.MaxConnections,
        ConnectTimeout = Encode(pool.ConnectTimeout),
        TcpIdleTimeout = Encode(pool.TcpIdleTimeout),
        MaxConnectionDuration = Encode(pool.MaxConnectionDuration),
        Keepalive = pool.Keepalive is not { } k ? null : new Wire.Keepalive { Probes = (uint?)k.Probes, Time = Encode(k.Time), Interval = Encode(k.Interval) },
        MaxPendingRequests = (uint?)pool.MaxPendingRequests,
        MaxRequests = (uint?)pool.MaxRequests,
        MaxRequestsPerConnection = (uint?)pool.MaxRequestsPerConnection,
        MaxRetries = (uint?)pool.MaxRetries,
        HttpIdleTimeout = Encode(pool.HttpIdleTimeout),
        MaxConcurrentStreams = (uint?)pool.MaxConcurrentStreams,
        UpgradeToHttp2 = pool.UpgradeToHttp2,
        UseClientProtocol = pool.UseClientProtocol,
    };

    private static ConnectionPool? Decode(Wire.ConnectionPool? wire) => wire is null ? null : new ConnectionPool
    {
        MaxConnections = (int?)wire.MaxConnections,
        ConnectTimeout = wire.ConnectTimeout?.ToTimeSpan(),
        TcpIdleTimeout = wire.TcpIdleTimeout?.ToTimeSpan(),
        MaxConnectionDuration = wire.MaxConnectionDuration?.ToTimeSpan(),
        Keepalive = wire.Keepalive is not { } k ? null : new TcpKeepalive((int?)k.Probes, k.Time?.ToTimeSpan(), k.Interval?.ToTimeSpan()),
        MaxPendingRequests = (int?)wire.MaxPendingRequests,
        MaxRequests = (int?)wire.MaxRequests,
        MaxRequestsPerConnection = (int?)wire.MaxRequestsPerConnection,
        MaxRetries = (int?)wire.MaxRetries,
        HttpIdleTimeout = wire.HttpIdleTimeout?.ToTimeSpan(),
        MaxConcurrentStreams = (int?)wire.MaxConcurrentStreams,
        UpgradeToHttp2 = wire.UpgradeToHttp2,
        UseClientProtocol = wire.UseClientProtocol,
    };

    private static Wire.OutlierDetection? Encode(OutlierDetection? outliers) => outliers is null ? null : new Wire.OutlierDetection
    {
        Consecutive5Xx = (uint)outliers.Consecutive5xx,
        ConsecutiveGatewayErrors = (uint)outliers.ConsecutiveGatewayErrors,
        ConsecutiveLocalOriginFailures = (uint)outliers.ConsecutiveLocalOriginFailures,
        SplitLocalOriginErrors = outliers.SplitLocalOriginErrors,
        Interval = Encode(outliers.Interval),
        BaseEjectionTime = Encode(outliers.BaseEjectionTime),
        MaxEjectionPercent = (uint)outliers.MaxEjectionPercent,
        MinHealthPercent = (uint)outliers.MinHealthPercent,
    };

    private static OutlierDetection? Decode(Wire.OutlierDetection? wire) => wire is null ? null : new OutlierDetection
    {
        Consecutive5xx = (int)wire.Consecutive5Xx,
        ConsecutiveGatewayErrors = (int)wire.ConsecutiveGatewayErrors,
        ConsecutiveLocalOriginFailures = (int)wire.ConsecutiveLocalOriginFailures,
        SplitLocalOriginErrors = wire.SplitLocalOriginErrors,
        Interval = wire.Interval?.ToTimeSpan() ?? new OutlierDetection().Interval,
        BaseEjectionTime = wire.BaseEjectionTime?.ToTimeSpan() ?? new OutlierDetection().BaseEjectionTime,
        MaxEjectionPercent = (int)wire.MaxEjectionPercent,
        MinHealthPercent = (int)wire.MinHealthPercent,
    };

    private static Wire.ClientTls? Encode(ClientTls? tls) => tls is null ? null : new Wire.ClientTls
    {
        Mode = (Wire.ClientTlsMode)tls.Mode,
        Sni = tls.Sni,
        SubjectAltNames = { tls.SubjectAltNames },
        CaCertificates = tls.CaCertificates,
        ClientCertificate = tls.ClientCertificate,
        PrivateKey = tls.PrivateKey,
        InsecureSkipVerify = tls.InsecureSkipVerify,
    };

    private static ClientTls? Decode(string name, Wire.ClientTls? wire) => wire is null ? null : new ClientTls
    {
        Mode = DecodeEnum<Wire.ClientTlsMode, ClientTlsMode>(name, "tls.mode", wire.Mode),
        Sni = wire.Sni,
        SubjectAltNames = [.. wire.SubjectAltNames],
        CaCertificates = wire.CaCertificates,
        ClientCertificate = wire.ClientCertificate,
        PrivateKey = wire.PrivateKey,
        InsecureSkipVerify = wire.InsecureSkipVerify,
    };
}
