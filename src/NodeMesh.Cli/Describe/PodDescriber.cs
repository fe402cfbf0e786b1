using System.Globalization;
using System.Text.Json;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Describe;

/// <summary>Describes a pod: is it in the mesh, who is it, what serves and restricts it.</summary>
internal static class PodDescriber
{
    /// <summary>Describes.</summary>
    /// <param name="picture">The mesh.</param>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">The pod's name.</param>
    /// <returns>Null when there is no such pod.</returns>
    public static Description? Describe(MeshPicture picture, string ns, string name)
    {
        var document = picture.Find(["Pod"], ns, name) is [var first, ..] ? first : null;
        var workload = picture.Proxies.Values.SelectMany(d => d.Items("workloads")).FirstOrDefault(w => Is(w, ns, name));
        if (document is null && workload.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        var node = workload.Text("node") is { Length: > 0 } known ? known : document?.Root.At("spec", "nodeName") is Resources.Manifests.ManifestScalar scalar ? scalar.Text : "";
        var dump = picture.Proxies.GetValueOrDefault(node);
        var pod = dump.Items("pods").FirstOrDefault(p => Is(p, ns, name));
        var description = new Description("Pod", ns, name);
        description.Fact("node", node);
        description.Fact("addresses", workload.Joined("addresses"));
        description.Fact("health", workload.Text("health"));
        description.Fact("capture", Capture(picture, node, dump, pod, workload));
        var identity = pod.Text("identity");
        description.Fact("identity", identity.Length > 0 ? identity : Identity(workload));
        description.Fact("certificate", Certificate(dump, identity));
        description.Fact("reachedBy", workload.Text("tunnelProtocol") == "hbone" ? "HBONE, mutual TLS" : workload.ValueKind == JsonValueKind.Undefined ? "" : "plaintext");
        description.List("services", workload.Items("services").Select(b => $"{b.Text("service").Split('/')[^1]} ({string.Join(", ", b.Items("ports").Select(Port))})"));
        description.List("policies", Policies(dump, workload, ns));
        description.List("networkPolicies", workload.Items("networkPolicies").Select(p => p.Text()));
        description.List("routes", ServiceDescriber.Routes(dump, workload.Items("services").Select(b => b.Text("service"))));
        if (pod.Text("error") is { Length: > 0 } error)
        {
            description.Warnings.Add($"capture failed: {error}");
        }

        if (pod.ValueKind == JsonValueKind.Object && pod.Text("known") == "false")
        {
            description.Warnings.Add("discovery does not know the pod yet, so that what it opens is refused: see 'nodemesh proxy-status'");
        }

        description.Warnings.AddRange(picture.WarningsOf("Pod", ns, name));
        return description;
    }

    /// <summary>A policy and its effect, as one line.</summary>
    /// <param name="policy">The policy, of a dump.</param>
    public static string Effect(JsonElement policy)
    {
        var rules = policy.Items("rules").Count();
        var effect = policy.Text("action") switch
        {
            "deny" => rules == 0 ? "refuses nothing (it has no rules)" : "refuses what matches",
            "allow" => rules == 0 ? "refuses everything (it allows nothing)" : "refuses what neither it nor another ALLOW policy matches",
            var other => $"{other}s what matches",
        };
        return $"{policy.Text("namespace")}/{policy.Text("name")}: {policy.Text("action").ToUpperInvariant()}, {rules.ToString(CultureInfo.InvariantCulture)} rules, {effect}{(policy.Text("dryRun") == "true" ? " (dry run: told in the log alone)" : "")}";
    }

    private static bool Is(JsonElement entry, string ns, string name) => entry.Text("namespace") == ns && entry.Text("name") == name;

    private static string Capture(MeshPicture picture, string node, JsonElement dump, JsonElement pod, JsonElement workload) =>
        pod.ValueKind == JsonValueKind.Object ? $"{pod.Text("state")} ({dump.Text("captureMode")}), {pod.Text("connections")} connections open"
        : node.Length > 0 && !picture.Proxies.ContainsKey(node) ? $"unknown: the proxy of {node} does not answer"
        : workload.Text("tunnelProtocol") == "hbone" ? "not enrolled on its node, though it is labelled for the mesh: see the pod's events"
        : "not in the mesh: neither the pod nor its namespace has the label istio.io/dataplane-mode=ambient, or the pod uses the host's network";

    private static string Identity(JsonElement workload) =>
        workload.ValueKind == JsonValueKind.Undefined ? "" : $"spiffe://{workload.Text("trustDomain")}/ns/{workload.Text("namespace")}/sa/{workload.Text("serviceAccount")}";

    private static string Certificate(JsonElement dump, string identity)
    {
        var certificate = dump.Items("certificates").FirstOrDefault(c => identity.Length > 0 && c.Text("identity") == identity);
        return certificate.ValueKind == JsonValueKind.Undefined ? ""
            : $"{certificate.Text("state")}{(certificate.Text("notAfter") is { Length: > 0 } end ? $", until {end}" : "")}{(certificate.Text("lastError") is { Length: > 0 } error ? $", last error: {error}" : "")}";
    }

    private static string Port(JsonElement port) => port.Text("targetPort") is "0" or "" ? port.Text("port") : $"{port.Text("port")} -> {port.Text("targetPort")}";

    private static IEnumerable<string> Policies(JsonElement dump, JsonElement workload, string ns)
    {
        var selecting = workload.Items("authorizationPolicies").Select(p => p.Text()).ToHashSet();
        return dump.Items("policies")
            .Where(p => p.Text("scope") switch { "global" => true, "namespace" => p.Text("namespace") == ns, _ => selecting.Contains($"{p.Text("namespace")}/{p.Text("name")}") })
            .OrderBy(p => p.Text("action") switch { "custom" => 0, "deny" => 1, _ => 2 })
            .Select(Effect);
    }
}
