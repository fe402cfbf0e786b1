using System.Globalization;
using System.Text.Json;
using NodeMesh.Cli.Describe;

namespace NodeMesh.Cli.Proxy;

/// <summary>The sections that <c>proxy-config</c> prints.</summary>
internal static class ConfigSections
{
    /// <summary>All sections, in the order in which <c>all</c> prints them.</summary>
    public static IReadOnlyList<ConfigSection> All { get; } =
    [
        new("workload", "workloads", ["NAMESPACE", "NAME", "ADDRESS", "NODE", "SERVICE ACCOUNT", "PROTOCOL", "HEALTH", "SERVICES", "POLICIES"],
            (w, _) => [w.Text("namespace"), w.Text("name"), w.Joined("addresses"), w.Text("node"), w.Text("serviceAccount"), w.Text("tunnelProtocol").ToUpperInvariant(), w.Text("health"),
                Count(w, "services"), w.Joined("authorizationPolicies")],
            w => new([w.Text("namespace")], [w.Text("name"), w.Text("workloadName")], Texts(w, "addresses")))
        {
            Wide =
            [
                ("WORKLOAD", w => w.Text("workloadName").Length == 0 ? "" : $"{w.Text("workloadType")}/{w.Text("workloadName")}".TrimStart('/')), ("ZONE", w => w.Text("locality", "zone")),
                ("CLUSTER", w => w.Text("clusterId")), ("NETWORK POLICIES", w => w.Joined("networkPolicies")), ("UID", w => w.Text("uid")),
            ],
        },
        new("service", "services", ["NAMESPACE", "HOST", "ADDRESS", "PORTS", "ENDPOINTS"],
            (s, dump) => [s.Text("namespace"), s.Text("hostname"), s.Joined("addresses"), string.Join(',', s.Items("ports").Select(Port)), Endpoints(s, dump)],
            s => new([s.Text("namespace")], [s.Text("hostname")], Texts(s, "addresses"))),
        new("endpoint", "endpoints", ["SERVICE", "PORT", "SUBSET", "ENDPOINT", "ADDRESS", "STATE", "PROBLEM", "ACTIVE"],
            (e, _) => [e.Text("service"), e.Text("port"), e.Text("subset"), e.Text("workload"), e.Text("address"), e.Text("state"), e.Text("problem"), e.Text("active")],
            e => new([e.Text("service").Split('/')[0], e.Text("workload").Split('/')[0]], [e.Text("service"), e.Text("workload")], [e.Text("address")])),
        new("route", "routes", ["NAMESPACE", "HOST", "HTTP", "GRPC", "ORDERED", "CONNECTIONS", "TRAFFIC POLICIES", "RATE LIMITS", "FROM"],
            (r, _) => [Before(r, "key"), After(r, "key"), Count(r, "http"), Count(r, "grpc"), Count(r, "ordered"), Count(r, "connections"), Count(r, "trafficPolicies"), Count(r, "rateLimits"),
                string.Join(',', MeshPicture.Origins(r).Distinct())],
            r => new([Before(r, "key")], [r.Text("key"), .. MeshPicture.Origins(r)], [])),
        new("policy", "policies", ["NAMESPACE", "NAME", "ACTION", "SCOPE", "RULES", "DRY RUN"],
            (p, _) => [p.Text("namespace"), p.Text("name"), p.Text("action").ToUpperInvariant(), p.Text("scope"), Count(p, "rules"), p.Text("dryRun") == "true" ? "yes" : "no"],
            p => new([p.Text("namespace")], [p.Text("name")], [])),
        new("networkpolicy", "networkPolicies", ["NAMESPACE", "NAME", "INGRESS", "EGRESS"],
            (p, _) => [p.Text("namespace"), p.Text("name"), Isolation(p, "ingress"), Isolation(p, "egress")],
            p => new([p.Text("namespace")], [p.Text("name")], [])),
        new("certificate", "certificates", ["IDENTITY", "STATE", "SERIAL NUMBER", "NOT BEFORE", "NOT AFTER", "EXPIRES IN", "ERROR"],
            (c, dump) => [c.Text("identity"), c.Text("state"), c.Text("serialNumber"), Instant(c, "notBefore"), Instant(c, "notAfter"), Until(c, dump), c.Text("lastError")],
            c => new([IdentityPart(c, 1)], [c.Text("identity")], [])),
        new("connection", "connections", ["DIRECTION", "SOURCE", "SOURCE IDENTITY", "DESTINATION", "UPSTREAM", "SECURITY", "PATH", "TUNNEL", "RECEIVED", "SENT", "AGE"],
            (c, _) => [c.Text("direction"), End(c, "sourceWorkload", "source"), JsonRead.ShortIdentity(c.Text("sourceIdentity")), Destination(c), End(c, "destinationWorkload", "upstream"),
                c.Text("security"), c.Text("path"), Tunnel(c), Bytes(c.Number("bytesReceived")), Bytes(c.Number("bytesSent")), JsonRead.Duration(c.Number("ageSeconds"))],
            c => new(
                [.. new[] { c.Text("sourceWorkload"), c.Text("destinationWorkload") }.Select(w => w.Split('/')[0])],
                [c.Text("sourceWorkload"), c.Text("destinationWorkload"), c.Text("destinationService"), c.Text("sourceIdentity")],
                [c.Text("source"), c.Text("destination"), c.Text("upstream"), c.Text("tunnelAddress")]))
        {
            Wide =
            [
                ("ID", c => c.Text("id")), ("DESTINATION IDENTITY", c => JsonRead.ShortIdentity(c.Text("destinationIdentity"))), ("STARTED", c => Instant(c, "started")),
                ("IN KERNEL", c => Bytes(c.Number("kernelBytes"))), ("DRY RUN", c => c.Joined("dryRunRefusals")), ("TRACE", c => c.Text("traceId")),
            ],
        },
        new("pod", "pods", ["NAMESPACE", "NAME", "ADDRESS", "SERVICE ACCOUNT", "CAPTURE", "IN DISCOVERY", "CONNECTIONS", "ERROR"],
            (p, _) => [p.Text("namespace"), p.Text("name"), p.Joined("addresses"), IdentityPart(p, 3), p.Text("state"), p.Text("known") == "true" ? "yes" : "no", p.Text("connections"), p.Text("error")],
            p => new([p.Text("namespace")], [p.Text("name")], Texts(p, "addresses")))
        {
            Wide = [("IDENTITY", p => p.Text("identity")), ("UID", p => p.Text("uid"))],
        },
        new("tunnel", "tunnels", ["ID", "SOURCE IDENTITY", "ADDRESS", "PEER", "STATE", "STREAMS", "TOTAL", "RECEIVED", "SENT"],
            (t, _) => [t.Text("id"), JsonRead.ShortIdentity(t.Text("source")), t.Text("address"), string.Join(',', t.Items("peerUris").Select(u => JsonRead.ShortIdentity(u.Text()))), t.Text("state"),
                t.Text("streams"), t.Text("totalStreams"), Bytes(t.Number("bytesReceived")), Bytes(t.Number("bytesSent"))],
            t => new([], [t.Text("source")], [t.Text("address")])),
        new("node", "nodes", ["NAME", "ADDRESS", "ZONE", "SHARED TUNNEL"],
            (n, _) => [n.Text("name"), n.Joined("addresses"), n.Text("locality", "zone"), n.Text("hasNodeTunnel") == "true" ? "yes" : "no"],
            n => new([], [n.Text("name")], Texts(n, "addresses"))),
    ];

    private static IReadOnlyList<string> Texts(JsonElement json, string name) => [.. json.Items(name).Select(i => i.Text())];

    private static string Count(JsonElement json, string name) => json.Items(name).Count().ToString(CultureInfo.InvariantCulture);

    private static string Port(JsonElement port) => port.Text("targetPort") is "0" or "" ? port.Text("port") : $"{port.Text("port")}->{port.Text("targetPort")}";

    private static string Before(JsonElement json, string name) => json.Text(name).Split('/')[0];

    private static string After(JsonElement json, string name) => json.Text(name).Split('/')[^1];

    /// <summary>How many rules let something pass, where the policy isolates in that direction.</summary>
    private static string Isolation(JsonElement policy, string direction) =>
        policy.TryGetProperty(direction, out var rules) && rules.ValueKind == JsonValueKind.Array ? $"{Count(policy, direction)} rules" : "";

    private static string Endpoints(JsonElement service, JsonElement dump)
    {
        var key = service.Text("key");
        var backing = dump.Items("workloads").Where(w => w.Items("services").Any(b => b.Text("service") == key)).ToList();
        return $"{backing.Count(w => w.Text("health") == "healthy")}/{backing.Count}";
    }

    private static string Instant(JsonElement json, string name) =>
        DateTimeOffset.TryParse(json.Text(name), CultureInfo.InvariantCulture, out var time) ? time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : "";

    private static string Until(JsonElement certificate, JsonElement dump) =>
        DateTimeOffset.TryParse(certificate.Text("notAfter"), CultureInfo.InvariantCulture, out var end) && DateTimeOffset.TryParse(dump.Text("time"), CultureInfo.InvariantCulture, out var now)
            ? JsonRead.Duration((end - now).TotalSeconds)
            : "";

    private static string IdentityPart(JsonElement json, int part) => JsonRead.ShortIdentity(json.Text("identity")).Split('/') is { Length: 4 } parts ? parts[part] : "";

    private static string End(JsonElement connection, string workload, string address)
    {
        var name = connection.Text(workload);
        var at = connection.Text(address);
        return name.Length == 0 ? at : at.Length == 0 ? name : $"{name} ({at})";
    }

    private static string Destination(JsonElement connection)
    {
        var service = connection.Text("destinationService");
        var dialled = connection.Text("destination");
        return service.Length == 0 ? dialled : $"{service}:{dialled[(dialled.LastIndexOf(':') + 1)..]}";
    }

    private static string Tunnel(JsonElement connection) =>
        connection.Text("tunnelAddress") is { Length: > 0 } address ? $"#{connection.Text("tunnelId")} {address}" : "";

    private static string Bytes(double? bytes) => bytes switch
    {
        null => "",
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes:0}B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:0.#}KiB"),
        < 1024d * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024 / 1024:0.#}MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024 / 1024 / 1024:0.##}GiB"),
    };
}
