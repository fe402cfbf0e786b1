using System.Text.RegularExpressions;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Demo;

/// <summary>Reads from the shop's manifest who calls whom: an URL of a Service in a Deployment's pod template is a call.</summary>
internal static partial class ShopManifest
{
    /// <summary>Finds the manifest that comes with the program: beside it, or in the source tree above it.</summary>
    /// <exception cref="DemoException">It is not there.</exception>
    public static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            foreach (var candidate in (string[])["samples/shop.yaml", "deploy/samples/shop.yaml"])
            {
                var path = Path.Combine(directory.FullName, candidate);
                if (File.Exists(path))
                {
                    return path;
                }
            }
        }

        throw new DemoException("deploy/samples/shop.yaml is neither beside this program nor in a directory above it: say where with --samples");
    }

    /// <summary>Reads the calls.</summary>
    /// <param name="manifests">The manifest.</param>
    /// <exception cref="DemoException">No Deployment calls a Service.</exception>
    public static IReadOnlyList<CallEdge> Edges(ManifestSet manifests)
    {
        var services = manifests.Documents.Where(d => d.Kind.Kind == "Service").Select(d => d.Key).ToHashSet();
        var edges = new List<CallEdge>();
        foreach (var deployment in manifests.Documents.Where(d => d.Kind.Kind == "Deployment"))
        {
            foreach (Match url in ServiceUrl().Matches(ManifestWriter.ToYaml(deployment.Root)))
            {
                var name = url.Groups["host"].Value.Split('.')[0];
                var edge = new CallEdge(deployment.Namespace, deployment.Name, name, url.Value);
                if (name != deployment.Name && services.Contains(new(deployment.Namespace, name)) && !edges.Exists(e => e.Source == edge.Source && e.Destination == edge.Destination))
                {
                    edges.Add(edge);
                }
            }
        }

        return edges.Count > 0 ? edges : throw new DemoException("the manifest has no Deployment whose pods name an URL of one of its Services, so there is nothing to call");
    }

    [GeneratedRegex(@"http://(?<host>[a-z0-9.-]+)(:[0-9]+)?[A-Za-z0-9/_.-]*")]
    private static partial Regex ServiceUrl();
}
