using System.Globalization;
using NodeMesh.Cli.Output;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Local;

/// <summary>The tables of <c>get</c>, with kubectl's columns.</summary>
internal static class GetTables
{
    /// <summary>Prints a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="kind">The kind of all objects.</param>
    /// <param name="objects">The objects.</param>
    /// <param name="wide">True for more columns.</param>
    /// <param name="withNamespace">True for a first column with the namespace.</param>
    public static void Write(TextWriter output, ResourceKind kind, IReadOnlyList<ManifestMapping> objects, bool wide, bool withNamespace)
    {
        var columns = Columns(kind, wide).ToList();
        columns.Insert(0, ("NAME", o => o.TextAt("metadata", "name")));
        if (withNamespace)
        {
            columns.Insert(0, ("NAMESPACE", o => o.TextAt("metadata", "namespace")));
        }

        columns.Add(("AGE", Age));
        TextTable.Write(output, [.. columns.Select(c => c.Header)], objects.Select(o => (IReadOnlyList<string>)[.. columns.Select(c => c.Cell(o) is { Length: > 0 } cell ? cell : "<none>")]));
    }

    private static IEnumerable<(string Header, Func<ManifestMapping, string> Cell)> Columns(ResourceKind kind, bool wide) => kind.Kind switch
    {
        "Pod" => Pod(wide),
        "Service" => [("TYPE", o => o.TextAt("spec", "type") is { Length: > 0 } type ? type : "ClusterIP"), ("CLUSTER-IP", ServiceAddress), ("PORT(S)", Ports)],
        "Deployment" => [("READY", o => $"{Number(o, "status", "readyReplicas")}/{Replicas(o)}"), ("UP-TO-DATE", o => Number(o, "status", "updatedReplicas")), ("AVAILABLE", o => Number(o, "status", "availableReplicas"))],
        "StatefulSet" => [("READY", o => $"{Number(o, "status", "readyReplicas")}/{Replicas(o)}")],
        "DaemonSet" => [("DESIRED", o => Number(o, "status", "desiredNumberScheduled")), ("CURRENT", o => Number(o, "status", "currentNumberScheduled")), ("READY", o => Number(o, "status", "numberReady"))],
        "Node" => [("STATUS", Ready), ("INTERNAL-IP", o => o.ItemsAt("status", "addresses").Select(a => a.TextAt("address")).FirstOrDefault() ?? ""), ("ZONE", o => o.TextAt("metadata", "labels", "topology.kubernetes.io/zone")), ("POD-CIDR", o => o.TextAt("spec", "podCIDR"))],
        "Endpoints" => [("ENDPOINTS", o => Endpoints(o, "addresses")), ("NOT READY", o => Endpoints(o, "notReadyAddresses"))],
        "ConfigMap" or "Secret" => [("DATA", o => ((o.At("data") as ManifestMapping)?.Entries.Length ?? 0).ToString(CultureInfo.InvariantCulture))],
        "Namespace" => [("STATUS", _ => "Active")],
        _ => [("STATUS", Conditions)],
    };

    private static IEnumerable<(string Header, Func<ManifestMapping, string> Cell)> Pod(bool wide)
    {
        yield return ("READY", o => $"{o.ItemsAt("status", "containerStatuses").Count(c => c.TextAt("ready") == "true")}/{o.ItemsAt("spec", "containers").Count()}");
        yield return ("STATUS", PodStatus);
        yield return ("RESTARTS", o => o.ItemsAt("status", "containerStatuses").Sum(c => int.TryParse(c.TextAt("restartCount"), CultureInfo.InvariantCulture, out var n) ? n : 0).ToString(CultureInfo.InvariantCulture));
        yield return ("IP", o => o.TextAt("status", "podIP"));
        yield return ("NODE", o => o.TextAt("spec", "nodeName"));
        if (wide)
        {
            yield return ("SERVICE-ACCOUNT", o => o.TextAt("spec", "serviceAccountName"));
            yield return ("UID", o => o.TextAt("metadata", "uid"));
        }
    }

    private static string PodStatus(ManifestMapping pod)
    {
        var waiting = pod.ItemsAt("status", "containerStatuses").Select(c => c.TextAt("state", "waiting", "reason")).FirstOrDefault(r => r.Length > 0);
        return pod.TextAt("metadata", "deletionTimestamp").Length > 0 ? "Terminating"
            : pod.TextAt("status", "reason") is { Length: > 0 } reason ? reason
            : pod.TextAt("status", "phase") switch { "Succeeded" => "Completed", "Failed" => "Error", var phase => waiting ?? phase };
    }

    private static string ServiceAddress(ManifestMapping service) =>
        service.TextAt("spec", "type") == "ExternalName" ? service.TextAt("spec", "externalName") : service.TextAt("spec", "clusterIP");

    private static string Ports(ManifestMapping service) =>
        string.Join(",", service.ItemsAt("spec", "ports").Select(p => $"{p.TextAt("port")}/{(p.TextAt("protocol") is { Length: > 0 } protocol ? protocol : "TCP")}"));

    private static string Endpoints(ManifestMapping endpoints, string addresses) => string.Join(",",
        from subset in endpoints.ItemsAt("subsets")
        from address in subset.ItemsAt(addresses)
        from port in subset.ItemsAt("ports")
        let ip = address.TextAt("ip")
        select ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]:{port.TextAt("port")}" : $"{ip}:{port.TextAt("port")}");

    private static string Replicas(ManifestMapping controller) => controller.TextAt("spec", "replicas") is { Length: > 0 } replicas ? replicas : "1";

    private static string Number(ManifestMapping node, params ReadOnlySpan<string> keys) => node.TextAt(keys) is { Length: > 0 } text ? text : "0";

    private static string Ready(ManifestMapping node) =>
        node.ItemsAt("status", "conditions").Any(c => c.TextAt("type") == "Ready" && c.TextAt("status") == "True") ? "Ready" : "NotReady";

    private static string Conditions(ManifestMapping resource) =>
        string.Join(", ", resource.ItemsAt("status", "conditions").Concat(resource.ItemsAt("status", "parents").SelectMany(p => p.ItemsAt("conditions"))).Select(c => c.TextAt("status") == "True" ? c.TextAt("type") : $"{c.TextAt("type")}={c.TextAt("status")} ({c.TextAt("reason")})"));

    private static string Age(ManifestMapping resource)
    {
        if (!DateTimeOffset.TryParse(resource.TextAt("metadata", "creationTimestamp"), CultureInfo.InvariantCulture, out var created))
        {
            return "";
        }

        var age = TimeProvider.System.GetUtcNow() - created;
        return age switch
        {
            { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)age.TotalSeconds)}s"),
            { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes}m"),
            { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours}h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays}d"),
        };
    }
}
