using System.Collections.Immutable;
using System.Text.Json;
using NodeMesh.Cli.Proxy;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Describe;

/// <summary>Describes routes and policies: what is written, what became of it, which proxies have it.</summary>
internal static class ResourceDescriber
{
    /// <summary>The kinds that <c>describe route</c> looks for.</summary>
    public static IReadOnlyList<string> Routes { get; } =
        ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "VirtualService", "DestinationRule", "TrafficSplit"];

    /// <summary>The kinds that <c>describe policy</c> looks for.</summary>
    public static IReadOnlyList<string> Policies { get; } =
        ["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication", "NetworkPolicy", ResourceKinds.RateLimitPolicy.Kind, ResourceKinds.ResiliencePolicy.Kind, "TrafficTarget"];

    /// <summary>Describes all of some kinds that have a name.</summary>
    /// <param name="picture">The mesh.</param>
    /// <param name="kinds">The kinds.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The name.</param>
    public static IReadOnlyList<Description> Describe(MeshPicture picture, IReadOnlyList<string> kinds, string ns, string name) =>
        [.. picture.Find(kinds, ns, name).Select(d => Describe(picture, d))];

    private static Description Describe(MeshPicture picture, ManifestDocument document)
    {
        var (kind, ns, name) = (document.Kind.Kind, document.Namespace, document.Name);
        var description = new Description(kind, ns, name);
        var spec = document.Root["spec"] as ManifestMapping ?? ManifestMapping.Empty;
        description.Fact("hosts", Joined(spec["hosts"]) is { Length: > 0 } hosts ? hosts : Joined(spec["hostnames"]));
        description.Fact("host", spec.Text("host"));
        description.Fact("action", spec.Text("action") ?? (kind == "AuthorizationPolicy" ? "ALLOW" : null));
        description.Fact("mode", (spec.At("mtls", "mode") as ManifestScalar)?.Text);
        description.Fact("selects", Selector(kind, ns, spec));
        if (Items(spec["parentRefs"]) is { Length: > 0 } parents)
        {
            description.List("parents", parents.OfType<ManifestMapping>().Select(p => $"{p.Text("kind") ?? "Gateway"} {p.Text("namespace") ?? ns}/{p.Text("name")}{(p.Text("port") is { } port ? $" port {port}" : "")}"));
        }

        var origin = $"{kind} {ns}/{name}";
        var services = picture.Proxies.Values.SelectMany(d => d.Items("routes").Where(r => MeshPicture.Origins(r).Contains(origin))).Select(r => r.Text("key").Split('/')[^1]);
        if (Routes.Contains(kind) || kind == ResourceKinds.RateLimitPolicy.Kind || kind == ResourceKinds.ResiliencePolicy.Kind)
        {
            description.List("services", services);
            description.Fact("knownTo", $"{picture.NodesWith(d => d.Items("routes").Any(r => MeshPicture.Origins(r).Contains(origin))).Count} of {picture.Proxies.Count} proxies");
        }
        else
        {
            description.List("workloads", Workloads(picture.AnyDump, kind, ns, name));
            description.Fact("knownTo", $"{picture.NodesWith(d => Holds(d, kind, ns, name)).Count} of {picture.Proxies.Count} proxies");
        }

        description.List("status", Conditions(document.Root["status"]));
        description.Warnings.AddRange(picture.WarningsOf(kind, ns, name));
        return description;
    }

    private static string Selector(string kind, string ns, ManifestMapping spec)
    {
        var labels = (spec.At("selector", "matchLabels") ?? spec.At("podSelector", "matchLabels")) as ManifestMapping;
        return labels is { Entries.IsEmpty: false } ? string.Join(", ", labels.Entries.Select(e => $"{e.Key}={(e.Value as ManifestScalar)?.Text}"))
            : !Items(spec["targetRefs"]).IsEmpty || spec["targetRef"] is not null ? "by reference"
            : Policies.Contains(kind) ? $"all pods of namespace {ns} (of the whole mesh, if it is the root namespace)"
            : "";
    }

    private static IEnumerable<string> Workloads(JsonElement dump, string kind, string ns, string name)
    {
        var policy = dump.Items("policies").FirstOrDefault(p => p.Text("namespace") == ns && p.Text("name") == name);
        var list = kind == "NetworkPolicy" ? "networkPolicies" : "authorizationPolicies";
        return policy.Text("scope") switch
        {
            "namespace" => [$"all of namespace {ns}"],
            "global" => ["all of the mesh"],
            _ => dump.Items("workloads").Where(w => w.Items(list).Any(p => p.Text() == $"{ns}/{name}")).Select(w => $"{w.Text("namespace")}/{w.Text("name")}"),
        };
    }

    private static bool Holds(JsonElement dump, string kind, string ns, string name) =>
        dump.Items(kind == "NetworkPolicy" ? "networkPolicies" : "policies").Any(p => p.Text("namespace") == ns && p.Text("name") == name)
        || dump.Items("policies").Any(p => kind == "PeerAuthentication" && p.Text("name").EndsWith(name, StringComparison.Ordinal));

    /// <summary>Conditions, also those below <c>parents</c>.</summary>
    private static IEnumerable<string> Conditions(ManifestNode? status)
    {
        foreach (var condition in Items((status as ManifestMapping)?["conditions"]).OfType<ManifestMapping>())
        {
            yield return $"{condition.Text("type")}={condition.Text("status")} {condition.Text("reason")}{(condition.Text("message") is { Length: > 0 } message ? $": {message}" : "")}";
        }

        foreach (var parent in Items((status as ManifestMapping)?["parents"]).OfType<ManifestMapping>())
        {
            foreach (var condition in Conditions(parent))
            {
                yield return $"{parent.Text("controllerName")}: {condition}";
            }
        }
    }

    private static string Joined(ManifestNode? node) => string.Join(", ", Items(node).OfType<ManifestScalar>().Select(s => s.Text));

    private static ImmutableArray<ManifestNode> Items(ManifestNode? node) => node is ManifestSequence list ? list.Items : [];
}
