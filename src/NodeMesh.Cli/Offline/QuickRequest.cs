using System.Globalization;
using NodeMesh.Cli.Local;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Cli.Offline;

/// <summary>Makes the one request that options describe.</summary>
internal static class QuickRequest
{
    /// <summary>Makes it.</summary>
    /// <param name="from">The client: <c>[KIND/]NAME[.NAMESPACE]</c>; null for one outside the mesh.</param>
    /// <param name="to">The destination: <c>HOST[:PORT]</c>.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">The path.</param>
    /// <param name="headers">Headers, <c>NAME: VALUE</c>.</param>
    /// <param name="protocol">The protocol.</param>
    /// <returns>The batch of it.</returns>
    /// <exception cref="FormatException">An option is not of its form.</exception>
    public static string ToJson(string? from, string to, string? method, string? path, IReadOnlyCollection<string> headers, string? protocol)
    {
        var request = new List<(string, ManifestNode)> { ("id", FindingJson.Text(to)), ("from", From(from)), ("to", To(to)) };
        Add(request, "method", method);
        Add(request, "path", path);
        Add(request, "protocol", protocol);
        if (headers.Count > 0)
        {
            request.Add(("headers", Headers(headers)));
        }

        return ManifestWriter.ToJson(new ManifestSequence([FindingJson.Map([.. request])]));
    }

    private static void Add(List<(string, ManifestNode)> request, string key, string? value)
    {
        if (value is not null)
        {
            request.Add((key, FindingJson.Text(value)));
        }
    }

    private static ManifestNode From(string? from)
    {
        if (from is null)
        {
            return FindingJson.Text(null);
        }

        var (kind, name) = from.Split('/', 2) is [var word, var rest] ? (KindArgument.Find(word), rest) : (ResourceKinds.Pod, from);
        var dot = name.LastIndexOf('.');
        var ns = dot < 0 ? "default" : name[(dot + 1)..];
        name = dot < 0 ? name : name[..dot];
        return FindingJson.Map(("namespace", FindingJson.Text(ns)), (kind == ResourceKinds.ServiceAccount ? "serviceAccount" : "pod", FindingJson.Text(name)));
    }

    private static ManifestMapping To(string to)
    {
        var colon = to.LastIndexOf(':');
        if (colon < 0 || to.EndsWith(']'))
        {
            return FindingJson.Map(("host", FindingJson.Text(to.Trim('[', ']'))));
        }

        return ushort.TryParse(to.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? FindingJson.Map(("host", FindingJson.Text(to[..colon].Trim('[', ']'))), ("port", ManifestScalar.Integer(port)))
            : throw new FormatException($"--to '{to}': write HOST:PORT");
    }

    // As in HTTP, a header may come several times.
    private static ManifestMapping Headers(IEnumerable<string> headers)
    {
        var pairs = headers.Select(h => h.Split(':', 2) is [{ Length: > 0 } name, var value]
            ? (Name: name.Trim().ToLowerInvariant(), Value: value.Trim())
            : throw new FormatException($"--header '{h}': write NAME: VALUE"));
        return new ManifestMapping([.. pairs.GroupBy(p => p.Name).Select(g => new ManifestEntry(g.Key, new ManifestSequence([.. g.Select(ManifestNode (p) => FindingJson.Text(p.Value))])))]);
    }
}
