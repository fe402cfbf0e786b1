namespace NodeMesh.Cli.Tap;

/// <summary>What is tapped: <c>pod/NAME</c>, <c>deploy/NAME</c> and their like, <c>ns/NAME</c>, or everything.</summary>
/// <param name="Namespace">The namespace; null: all.</param>
/// <param name="Pod">A pod.</param>
/// <param name="Workload">What pods are made by.</param>
internal sealed record TapTarget(string? Namespace, string? Pod, string? Workload)
{
    /// <summary>Reads what a user typed.</summary>
    /// <param name="text">The target; null for everything of the namespace.</param>
    /// <param name="ns">The namespace of names that name none; null where none was given.</param>
    /// <param name="otherwise">The namespace of names that name none, where none was given.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static TapTarget Parse(string? text, string? ns, string otherwise = "default")
    {
        if (text is null)
        {
            return new TapTarget(ns, null, null);
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (kind, rest) = slash < 0 ? ("pod", text) : (text[..slash], text[(slash + 1)..]);
        var dot = rest.LastIndexOf('.');
        var (name, inside) = dot < 0 ? (rest, ns ?? otherwise) : (rest[..dot], rest[(dot + 1)..]);
        return name.Length == 0 || inside.Length == 0
            ? throw new FormatException($"'{text}' names nothing: use pod/NAME[.NAMESPACE], deploy/NAME[.NAMESPACE] or ns/NAME")
            : kind switch
            {
                "pod" or "pods" or "po" => new TapTarget(inside, name, null),
                "ns" or "namespace" or "namespaces" => new TapTarget(rest, null, null),
                "deploy" or "deployment" or "deployments" or "sts" or "statefulset" or "statefulsets" or "ds" or "daemonset" or "daemonsets" or "job" or "jobs" or "rs" or "replicaset" =>
                    new TapTarget(inside, null, name),
                _ => throw new FormatException($"'{kind}' cannot be tapped: use pod/NAME, deploy/NAME, sts/NAME, ds/NAME, job/NAME or ns/NAME"),
            };
    }
}
