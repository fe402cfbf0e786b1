using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks DestinationRules.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class DestinationRuleValidator(FindingCollector findings)
{
    // Envoy's own limit on a Maglev table.
    private const int MaxTableSize = 5_000_011;

    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(DestinationRuleSpec spec)
    {
        if (!HostNames.IsWildcardDomain(spec.Host) && !HostNames.IsAddress(spec.Host))
        {
            findings.Error("spec.host", $"'{spec.Host}' is not the host of a service; write such as reviews or *.example.com");
        }

        CheckPolicy("spec.trafficPolicy", spec.TrafficPolicy);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.Subsets.Length; i++)
        {
            var subset = spec.Subsets[i];
            var path = FieldPath.Index("spec.subsets", i);
            if (!HostNames.IsLabel(subset.Name))
            {
                findings.Error($"{path}.name", $"'{subset.Name}' is not a name; use letters, digits and '-'");
            }
            else if (!names.Add(subset.Name))
            {
                findings.Error($"{path}.name", $"'{subset.Name}' is there twice; rename one of them");
            }

            IstioChecks.CheckLabels(findings, $"{path}.labels", subset.Labels);
            CheckPolicy($"{path}.trafficPolicy", subset.TrafficPolicy);
        }

        IstioChecks.CheckExportTo(findings, spec.ExportTo);
        IstioChecks.CheckSelector(findings, "spec.workloadSelector", spec.WorkloadSelector);
        if (spec.WorkloadSelector is not null && spec.ExportTo.Any(e => e != "." && e != findings.Document.Namespace))
        {
            findings.Error("spec.exportTo", "a rule with a workloadSelector is for its own namespace only; write '.', or remove it");
        }
    }

    /// <summary>Checks limits.</summary>
    /// <param name="path">The field.</param>
    /// <param name="pool">The limits.</param>
    public void CheckPool(string path, ConnectionPoolSettings? pool)
    {
        if (pool is null)
        {
            return;
        }

        if (pool is { Tcp: null, Http: null })
        {
            findings.Missing(path, "is empty; give tcp or http");
        }

        var numbers = ((string, int?)[])
        [
            ("tcp.maxConnections", pool.Tcp?.MaxConnections), ("http.http1MaxPendingRequests", pool.Http?.Http1MaxPendingRequests),
            ("http.http2MaxRequests", pool.Http?.Http2MaxRequests), ("http.maxRequestsPerConnection", pool.Http?.MaxRequestsPerConnection),
            ("http.maxRetries", pool.Http?.MaxRetries), ("http.maxConcurrentStreams", pool.Http?.MaxConcurrentStreams),
        ];
        foreach (var (field, number) in numbers)
        {
            if (number < 0)
            {
                findings.Error($"{path}.{field}", "is negative; write 0 or more");
            }
        }

        if (pool.Http is { H2UpgradePolicy: "UPGRADE", UseClientProtocol: true })
        {
            findings.Error($"{path}.http.useClientProtocol", "cannot stand beside h2UpgradePolicy UPGRADE, which changes the protocol; keep one of them");
        }
    }

    private void CheckPolicy(string path, TrafficPolicy? policy)
    {
        if (policy is null)
        {
            return;
        }

        if (policy == new TrafficPolicy { PortLevelSettings = policy.PortLevelSettings } && policy.PortLevelSettings.IsEmpty)
        {
            findings.Missing(path, "is empty; give at least one policy, or remove it");
        }

        if (policy is { Tunnel: not null, ProxyProtocol: not null })
        {
            findings.Error($"{path}.proxyProtocol", "cannot stand beside tunnel; keep one of them");
        }

        CheckParts(path, policy.LoadBalancer, policy.ConnectionPool, policy.OutlierDetection, policy.Tls);
        if (policy.Tunnel is { } tunnel)
        {
            CheckTunnel($"{path}.tunnel", tunnel);
        }

        for (var i = 0; i < policy.PortLevelSettings.Length; i++)
        {
            var port = policy.PortLevelSettings[i];
            var at = FieldPath.Index($"{path}.portLevelSettings", i);
            if (port.Port is not { Number: >= 1 and <= 65535 })
            {
                findings.Missing($"{at}.port.number", "needs a port from 1 to 65535");
            }

            if (port is { LoadBalancer: null, ConnectionPool: null, OutlierDetection: null, Tls: null })
            {
                findings.Missing(at, "is empty; give at least one policy, or remove it");
            }

            CheckParts(at, port.LoadBalancer, port.ConnectionPool, port.OutlierDetection, port.Tls);
        }
    }

    private void CheckParts(string path, LoadBalancerSettings? balancer, ConnectionPoolSettings? pool, OutlierDetection? outliers, ClientTlsSettings? tls)
    {
        CheckBalancer($"{path}.loadBalancer", balancer);
        CheckPool($"{path}.connectionPool", pool);
        CheckOutliers($"{path}.outlierDetection", outliers);
        CheckTls($"{path}.tls", tls);
        if (balancer?.LocalityLbSetting is { } locality)
        {
            CheckLocality($"{path}.loadBalancer.localityLbSetting", locality, outliers is not null);
        }
    }

    private void CheckTunnel(string path, TunnelSettings tunnel)
    {
        if (tunnel.Protocol is not (null or "" or "CONNECT" or "POST"))
        {
            findings.Error($"{path}.protocol", $"'{tunnel.Protocol}' is neither CONNECT nor POST");
        }

        if (!HostNames.IsDomain(tunnel.TargetHost) && !HostNames.IsAddress(tunnel.TargetHost))
        {
            findings.Error($"{path}.targetHost", $"'{tunnel.TargetHost}' is neither a host nor an address");
        }
    }

    private void CheckBalancer(string path, LoadBalancerSettings? balancer)
    {
        if (balancer?.WarmupDurationSecs is not null && balancer.Warmup is not null)
        {
            findings.Error($"{path}.warmupDurationSecs", "cannot stand beside warmup; keep warmup");
        }

        if (balancer?.ConsistentHash is not { } hash)
        {
            return;
        }

        var at = $"{path}.consistentHash";
        if (hash is { HttpHeaderName: null, HttpCookie: null, UseSourceIp: null, HttpQueryParameterName: null })
        {
            findings.Missing(at, "says not what to hash; give httpHeaderName, httpCookie, useSourceIp or httpQueryParameterName");
        }

        if (hash.HttpCookie is { Name: "" })
        {
            findings.Missing($"{at}.httpCookie.name", "is empty; name the cookie");
        }

        if (hash.MinimumRingSize is > 0)
        {
            findings.Warn(FindingCodes.Suspicious, $"{at}.minimumRingSize", "is deprecated; use ringHash.minimumRingSize");
            if (hash.RingHash is not null || hash.Maglev is not null)
            {
                findings.Error($"{at}.minimumRingSize", "cannot stand beside ringHash or maglev; remove it");
            }
        }

        if (hash.Maglev is { } maglev && (maglev.TableSize is not ({ } size and < MaxTableSize) || !IsPrime(size)))
        {
            findings.Error($"{at}.maglev.tableSize", $"{maglev.TableSize} is not a size; write a prime number below {MaxTableSize}, such as 65537");
        }
    }

    private static bool IsPrime(int number)
    {
        if (number < 2)
        {
            return false;
        }

        for (var factor = 2; (long)factor * factor <= number; factor++)
        {
            if (number % factor == 0)
            {
                return false;
            }
        }

        return true;
    }

    private void CheckLocality(string path, LocalityLbSetting locality, bool outliers)
    {
        if (!locality.Distribute.IsEmpty && (!locality.Failover.IsEmpty || !locality.FailoverPriority.IsEmpty))
        {
            findings.Error($"{path}.distribute", "cannot stand beside failover or failoverPriority; keep one of them");
        }

        var sources = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < locality.Distribute.Length; i++)
        {
            var rule = locality.Distribute[i];
            var sum = rule.To.Values.Sum();
            if (sum != 100 || rule.To.Values.Any(v => v is < 1 or > 100))
            {
                findings.Error($"{path}.distribute[{i}].to", $"the shares add up to {sum}; each is from 1 to 100, and together they are 100");
            }

            if (!sources.Add(rule.From ?? ""))
            {
                findings.Error($"{path}.distribute[{i}].from", $"'{rule.From}' is there twice; put the shares together");
            }
        }

        for (var i = 0; i < locality.Failover.Length; i++)
        {
            var (from, to) = (locality.Failover[i].From ?? "", locality.Failover[i].To ?? "");
            if (from == to)
            {
                findings.Error($"{path}.failover[{i}]", $"'{from}' cannot stand in for itself; name another region");
            }
            else if ($"{from}{to}".AsSpan().ContainsAny('/', '*'))
            {
                findings.Error($"{path}.failover[{i}]", "is between regions; write their names alone");
            }
        }

        if ((!locality.Failover.IsEmpty || !locality.FailoverPriority.IsEmpty) && !outliers)
        {
            findings.Error(path, "failover needs outlierDetection, which tells that endpoints fail; add outlierDetection");
        }
    }

    private void CheckOutliers(string path, OutlierDetection? outliers)
    {
        if (outliers is null)
        {
            return;
        }

        if (outliers.ConsecutiveErrors is not (null or 0))
        {
            findings.Warn(FindingCodes.Suspicious, $"{path}.consecutiveErrors", "is deprecated; use consecutiveGatewayErrors or consecutive5xxErrors");
        }

        if (outliers.SplitExternalLocalOriginErrors != true && outliers.ConsecutiveLocalOriginFailures > 0)
        {
            findings.Error($"{path}.consecutiveLocalOriginFailures", "counts only with splitExternalLocalOriginErrors; set that to true");
        }

        foreach (var (field, percent) in ((string, int?)[])[("maxEjectionPercent", outliers.MaxEjectionPercent), ("minHealthPercent", outliers.MinHealthPercent)])
        {
            if (percent is < 0 or > 100)
            {
                findings.Error($"{path}.{field}", $"{percent} is not a percentage; write a number from 0 to 100");
            }
        }
    }

    private void CheckTls(string path, ClientTlsSettings? tls)
    {
        if (tls is null)
        {
            return;
        }

        var files = ((string Field, string? Value)[])
            [("clientCertificate", tls.ClientCertificate), ("privateKey", tls.PrivateKey), ("caCertificates", tls.CaCertificates), ("credentialName", tls.CredentialName)];
        if (tls.Mode == "ISTIO_MUTUAL")
        {
            foreach (var (field, _) in files.Where(f => !string.IsNullOrEmpty(f.Value)))
            {
                findings.Error($"{path}.{field}", "ISTIO_MUTUAL uses the mesh's own certificates; remove it");
            }
        }

        if (!string.IsNullOrEmpty(tls.CredentialName) && files.Take(3).FirstOrDefault(f => !string.IsNullOrEmpty(f.Value)).Field is { } file)
        {
            findings.Error($"{path}.{file}", "cannot stand beside credentialName, which has certificates, key and authorities; keep one of them");
        }

        if (tls.InsecureSkipVerify == true && (!string.IsNullOrEmpty(tls.CaCertificates) || !tls.SubjectAltNames.IsEmpty))
        {
            findings.Error($"{path}.insecureSkipVerify", "cannot stand beside caCertificates or subjectAltNames, which ask for a check; keep one of them");
        }

        if (tls.Mode == "MUTUAL" && string.IsNullOrEmpty(tls.CredentialName))
        {
            foreach (var (field, _) in files.Take(2).Where(f => string.IsNullOrEmpty(f.Value)))
            {
                findings.Missing($"{path}.{field}", "is missing; MUTUAL needs a certificate and its key, or credentialName");
            }
        }
    }
}
