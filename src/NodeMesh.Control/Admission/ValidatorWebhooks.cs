using System.Text;
using System.Text.Json.Nodes;
using NodeMesh.Control.Sources.Cluster;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Control.Admission;

/// <summary>
/// The webhooks of the <c>ValidatingWebhookConfiguration</c>. Two, for their ways to fail: a security policy that nobody has checked might not protect what its
/// author thinks, so while the control plane is away it is refused (<c>Fail</c>); a route that nobody has checked is reported in its status later, and must not
/// hold up a roll-out (<c>Ignore</c>).
/// </summary>
internal static class ValidatorWebhooks
{
    /// <summary>The configuration's name.</summary>
    public const string Name = "nodemesh-validator";

    /// <summary>Long for code that runs in a millisecond, short for who waits at a terminal.</summary>
    private const int TimeoutSeconds = 5;

    private static readonly string[] Security = [MeshGroups.IstioSecurity, "access.smi-spec.io"];

    /// <summary>Kinds that belong to controllers of gateways, which check them themselves.</summary>
    private static readonly string[] OfOthers = ["Gateway", "GatewayClass", "ListenerSet"];

    /// <summary>The webhooks.</summary>
    /// <param name="url">How the API server reaches this control plane; empty: by its Service.</param>
    /// <param name="ns">The Service's namespace.</param>
    /// <param name="rootsPem">The roots that the webhook's certificate is of.</param>
    /// <returns>A list for the configuration's field <c>webhooks</c>.</returns>
    public static JsonArray Make(string url, string ns, string rootsPem)
    {
        var groups = ClusterKinds.All.Where(k => k.IsMeshKind && !(k.Kind.Group == MeshGroups.GatewayApi && OfOthers.Contains(k.Kind.Kind)))
            .GroupBy(k => k.Kind.Group).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        return
        [
            Webhook("security", "Fail", groups.Where(g => Security.Contains(g.Key)), url, ns, rootsPem),
            Webhook("routing", "Ignore", groups.Where(g => !Security.Contains(g.Key)), url, ns, rootsPem),
        ];
    }

    private static JsonObject Webhook(string name, string failurePolicy, IEnumerable<IGrouping<string, ClusterKind>> groups, string url, string ns, string rootsPem)
    {
        var client = new JsonObject { ["caBundle"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(rootsPem)) };
        if (url.Length > 0)
        {
            client["url"] = url;
        }
        else
        {
            client["service"] = new JsonObject { ["namespace"] = ns, ["name"] = "nodemesh-control", ["path"] = AdmissionEndpoint.Path, ["port"] = 443 };
        }

        return new JsonObject
        {
            ["name"] = $"{name}.validator.nodemesh.io",
            ["clientConfig"] = client,
            ["rules"] = new JsonArray([.. groups.Select(Rule)]),
            ["failurePolicy"] = failurePolicy,
            ["matchPolicy"] = "Equivalent",
            ["namespaceSelector"] = new JsonObject(),
            ["objectSelector"] = new JsonObject(),
            ["sideEffects"] = "None",
            ["timeoutSeconds"] = TimeoutSeconds,
            ["admissionReviewVersions"] = new JsonArray("v1"),
        };
    }

    private static JsonNode Rule(IGrouping<string, ClusterKind> group) => new JsonObject
    {
        ["apiGroups"] = new JsonArray(group.Key),
        ["apiVersions"] = new JsonArray("*"),
        ["operations"] = new JsonArray("CREATE", "UPDATE"),
        ["resources"] = new JsonArray([.. group.Select(k => (JsonNode)k.Kind.Plural).OrderBy(p => p.ToString(), StringComparer.Ordinal)]),
        ["scope"] = "*",
    };
}
