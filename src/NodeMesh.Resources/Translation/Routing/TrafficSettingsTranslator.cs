using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using Istio = NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates the settings of DestinationRules.</summary>
/// <param name="findings">Where to report.</param>
internal sealed class TrafficSettingsTranslator(RouteFindings findings)
{
    /// <summary>Translates the settings of a rule or subset.</summary>
    /// <param name="document">The DestinationRule.</param>
    /// <param name="field">The field.</param>
    /// <param name="policy">The settings.</param>
    /// <returns>The settings.</returns>
    public TrafficSettings Translate(ManifestDocument document, string field, Istio.TrafficPolicy policy)
    {
        if (policy.Tunnel is not null)
        {
            findings.NoEffect(document, $"{field}.tunnel", "has no effect: connections are not tunnelled through a proxy that is named by hand");
        }

        if (policy.ProxyProtocol is not null)
        {
            findings.NotServed(document, $"{field}.proxyProtocol");
        }

        return new TrafficSettings
        {
            LoadBalancer = Balancer(document, $"{field}.loadBalancer", policy.LoadBalancer),
            ConnectionPool = Pool(document, $"{field}.connectionPool", policy.ConnectionPool),
            OutlierDetection = Outliers(policy.OutlierDetection),
            Tls = Tls(document, $"{field}.tls", policy.Tls),
            RetryBudget = policy.RetryBudget is { } budget ? new Model.Traffic.RetryBudget(budget.Percent?.Value ?? 20, budget.MinRetryConcurrency ?? 3) : null,
            ProxyProtocol = policy.ProxyProtocol is null ? 0 : policy.ProxyProtocol.Version == "V2" ? 2 : 1,
        };
    }

    /// <summary>Translates the settings of ports.</summary>
    /// <param name="document">The DestinationRule.</param>
    /// <param name="field">The field.</param>
    /// <param name="ports">The ports.</param>
    /// <returns>The settings.</returns>
    public ValueList<PortTrafficSettings> Ports(ManifestDocument document, string field, ImmutableArray<PortTrafficPolicy> ports) =>
        [.. ports.Index().Where(p => p.Item.Port?.Number is not null).Select(p => new PortTrafficSettings(p.Item.Port!.Number!.Value, new TrafficSettings
        {
            LoadBalancer = Balancer(document, $"{field}[{p.Index}].loadBalancer", p.Item.LoadBalancer),
            ConnectionPool = Pool(document, $"{field}[{p.Index}].connectionPool", p.Item.ConnectionPool),
            OutlierDetection = Outliers(p.Item.OutlierDetection),
            Tls = Tls(document, $"{field}[{p.Index}].tls", p.Item.Tls),
        }))];

    private LoadBalancer? Balancer(ManifestDocument document, string field, LoadBalancerSettings? settings)
    {
        if (settings is null)
        {
            return null;
        }

        var slow = settings.Warmup is { } warmup
            ? new SlowStart(IstioTexts.Time(warmup.Duration) ?? TimeSpan.Zero, warmup.MinimumPercent ?? 10, warmup.Aggression ?? 1)
            : IstioTexts.Time(settings.WarmupDurationSecs) is { } duration ? new SlowStart(duration) : null;
        var kind = settings.ConsistentHash is not null ? LoadBalancerKind.ConsistentHash : settings.Simple switch
        {
            "ROUND_ROBIN" => LoadBalancerKind.RoundRobin,
            "RANDOM" => LoadBalancerKind.Random,
            "PASSTHROUGH" => LoadBalancerKind.Passthrough,
            _ => LoadBalancerKind.LeastRequest,
        };
        if (slow is not null && kind is not (LoadBalancerKind.RoundRobin or LoadBalancerKind.LeastRequest))
        {
            findings.NoEffect(document, $"{field}.{(settings.Warmup is null ? "warmupDurationSecs" : "warmup")}", "has no effect but with ROUND_ROBIN and LEAST_REQUEST");
            slow = null;
        }

        if (kind == LoadBalancerKind.Passthrough)
        {
            findings.NoEffect(document, $"{field}.simple", "PASSTHROUGH has no effect: services with endpoints are balanced by LEAST_REQUEST, and those of resolution NONE go where the client dialled anyway");
        }

        return new LoadBalancer
        {
            Kind = kind,
            Hash = settings.ConsistentHash is { } hash ? Hash(document, $"{field}.consistentHash", hash) : null,
            Locality = settings.LocalityLbSetting is { } locality ? Locality(locality) : null,
            SlowStart = slow,
        };
    }

    private Model.Traffic.ConsistentHash Hash(ManifestDocument document, string field, Istio.ConsistentHash hash)
    {
        var (on, key) = hash switch
        {
            { HttpHeaderName: { } header } => (HashKeyKind.Header, header),
            { HttpCookie: { } cookie } => (HashKeyKind.Cookie, cookie.Name),
            { HttpQueryParameterName: { } parameter } => (HashKeyKind.QueryParameter, parameter),
            _ => (HashKeyKind.SourceIp, ""),
        };
        if (hash.HttpCookie is { Attributes.IsEmpty: false })
        {
            findings.NoEffect(document, $"{field}.httpCookie.attributes", "have no effect: a cookie that is made has a path and an age alone");
        }

        return new Model.Traffic.ConsistentHash
        {
            On = on,
            Key = key,
            CookiePath = hash.HttpCookie?.Path ?? "",
            CookieTtl = IstioTexts.Time(hash.HttpCookie?.Ttl),
            Maglev = hash.Maglev is not null,
            MinimumRingSize = hash.RingHash?.MinimumRingSize ?? hash.MinimumRingSize ?? 1024,
            TableSize = hash.Maglev?.TableSize ?? 65537,
        };
    }

    private static LocalityBalancing Locality(LocalityLbSetting setting) => new()
    {
        Enabled = setting.Enabled ?? true,
        Distribute =
        [
            .. setting.Distribute.Select(d => new LocalityDistribution(
                d.From ?? "*", [.. d.To.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new LocalityShare(t.Key, t.Value))])),
        ],
        Failover = [.. setting.Failover.Select(f => new Model.Traffic.LocalityFailover(f.From ?? "", f.To ?? ""))],
        FailoverPriority = [.. setting.FailoverPriority.Select(p => p.Split('=', 2) is [var key, var value] ? new LabelPriority(key, value) : new LabelPriority(p, null))],
    };

    private ConnectionPool? Pool(ManifestDocument document, string field, ConnectionPoolSettings? settings)
    {
        if (settings is null)
        {
            return null;
        }

        var (tcp, http) = (settings.Tcp, settings.Http);
        if (http?.Http2KeepAlive is not null)
        {
            findings.NoEffect(document, $"{field}.http.http2KeepAlive", "has no effect: connections to backends are watched by TCP; write tcp.tcpKeepalive");
        }

        return new ConnectionPool
        {
            MaxConnections = Limit(tcp?.MaxConnections),
            ConnectTimeout = IstioTexts.Time(tcp?.ConnectTimeout),
            TcpIdleTimeout = IstioTexts.Time(tcp?.IdleTimeout),
            MaxConnectionDuration = IstioTexts.Time(tcp?.MaxConnectionDuration),
            Keepalive = tcp?.TcpKeepalive is { } k ? new Model.Traffic.TcpKeepalive(k.Probes, IstioTexts.Time(k.Time), IstioTexts.Time(k.Interval)) : null,
            MaxPendingRequests = Limit(http?.Http1MaxPendingRequests),
            MaxRequests = Limit(http?.Http2MaxRequests),
            MaxRequestsPerConnection = Limit(http?.MaxRequestsPerConnection),
            MaxRetries = Limit(http?.MaxRetries),
            HttpIdleTimeout = IstioTexts.Time(http?.IdleTimeout),
            MaxConcurrentStreams = Limit(http?.MaxConcurrentStreams),
            UpgradeToHttp2 = http?.H2UpgradePolicy switch { "UPGRADE" => true, "DO_NOT_UPGRADE" => false, _ => null },
            UseClientProtocol = http?.UseClientProtocol == true,
        };
    }

    // In Istio's messages 0 is what was not written.
    private static int? Limit(int? value) => value is > 0 ? value : null;

    private static Model.Traffic.OutlierDetection? Outliers(Istio.OutlierDetection? settings)
    {
        if (settings is null)
        {
            return null;
        }

        var usual = new Model.Traffic.OutlierDetection();
        return new Model.Traffic.OutlierDetection
        {
            // Gateway errors are 5xx too: who counts only them does not want to hear of the others.
            Consecutive5xx = settings.Consecutive5xxErrors ?? settings.ConsecutiveErrors ?? (settings.ConsecutiveGatewayErrors is > 0 ? 0 : usual.Consecutive5xx),
            ConsecutiveGatewayErrors = settings.ConsecutiveGatewayErrors ?? 0,
            ConsecutiveLocalOriginFailures = settings.ConsecutiveLocalOriginFailures ?? usual.ConsecutiveLocalOriginFailures,
            SplitLocalOriginErrors = settings.SplitExternalLocalOriginErrors == true,
            Interval = IstioTexts.Time(settings.Interval) ?? usual.Interval,
            BaseEjectionTime = IstioTexts.Time(settings.BaseEjectionTime) ?? usual.BaseEjectionTime,
            MaxEjectionPercent = settings.MaxEjectionPercent ?? usual.MaxEjectionPercent,
            MinHealthPercent = settings.MinHealthPercent ?? usual.MinHealthPercent,
        };
    }

    private ClientTls? Tls(ManifestDocument document, string field, ClientTlsSettings? settings)
    {
        if (settings is null)
        {
            return null;
        }

        if (!string.IsNullOrEmpty(settings.CredentialName))
        {
            // To hand a Secret to every node whose pods may connect, the mesh would have to read the Secrets of all namespaces.
            findings.NotServed(
                document, $"{field}.credentialName", settings.Mode == "MUTUAL"
                    ? "is not served in the mesh: the mesh reads no Secrets of applications. Connections fail for want of a certificate; mount the Secret into the node proxies, and name its files in clientCertificate, privateKey and caCertificates"
                    : "is not served in the mesh: the mesh reads no Secrets of applications. Servers are checked by the node's own authorities; mount the authority into the node proxies, and name its file in caCertificates");
        }

        if (!string.IsNullOrEmpty(settings.CaCrl))
        {
            findings.NoEffect(document, $"{field}.caCrl", "has no effect: lists of revoked certificates are not read");
        }

        return new ClientTls
        {
            Mode = settings.Mode switch
            {
                "SIMPLE" => ClientTlsMode.Simple,
                "MUTUAL" => ClientTlsMode.Mutual,
                "ISTIO_MUTUAL" => ClientTlsMode.Mesh,
                _ => ClientTlsMode.Disable,
            },
            Sni = settings.Sni ?? "",
            SubjectAltNames = [.. settings.SubjectAltNames],
            CaCertificates = settings.CaCertificates ?? "",
            ClientCertificate = settings.ClientCertificate ?? "",
            PrivateKey = settings.PrivateKey ?? "",
            InsecureSkipVerify = settings.InsecureSkipVerify == true,
        };
    }
}
