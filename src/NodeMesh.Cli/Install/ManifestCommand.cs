using System.CommandLine;
using NodeMesh.Charts;
using NodeMesh.Cli.Cluster;

namespace NodeMesh.Cli.Install;

/// <summary><c>nodemesh manifest</c>: what <c>install</c> would apply, for kubectl and GitOps; asks no cluster.</summary>
internal static class ManifestCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var options = new ChartOptions();
        var ns = ClusterOptions.MeshNamespace(isOfMeshAlone: true);
        var crds = new Option<bool>("--include-crds") { Description = "The definitions of the policy kinds too." };
        var version = new Option<string>("--kube-version") { Description = "The version of the cluster that they are for.", DefaultValueFactory = _ => new ChartRelease().KubeVersion };
        var command = new Command("manifest", "Prints the manifests that install would apply.") { ns, crds, version };
        options.AddTo(command);
        command.SetAction((result, _) => ClusterCommand.RunAsync(result, async (output, _) =>
        {
            var (chart, values, _) = options.Read(result);
            await output.WriteAsync(Text(chart, values, result.GetValue(ns)!, result.GetValue(crds), result.GetValue(version)));
            return 0;
        }));
        return command;
    }

    /// <summary>The manifests.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="values">Its values.</param>
    /// <param name="ns">The mesh's namespace.</param>
    /// <param name="definitions">With the definitions of kinds.</param>
    /// <param name="version">The cluster's version; null for that which the plain manifests are for.</param>
    internal static string Text(Chart chart, Charts.Values.ChartValues values, string ns, bool definitions, string? version = null)
    {
        var release = new ChartRelease { Namespace = ns };
        var objects = chart.Render(release with { KubeVersion = version ?? release.KubeVersion }, values);
        return Chart.ToYaml(definitions ? chart.Definitions().Concat(objects) : objects);
    }
}
