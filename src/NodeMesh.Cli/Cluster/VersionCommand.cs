using System.CommandLine;
using System.Reflection;
using NodeMesh.Cli.Output;
using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;

namespace NodeMesh.Cli.Cluster;

/// <summary><c>nodemesh version</c>: of this program, the control plane and every proxy.</summary>
internal static class VersionCommand
{
    /// <summary>This program's version.</summary>
    public static string Own { get; } = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var cluster = new ClusterOptions(isOfMeshAlone: true);
        var remote = new Option<bool>("--remote") { Description = "Asks the cluster (--remote=false does not).", DefaultValueFactory = _ => true };
        var shortly = new Option<bool>("--short", "-s") { Description = "The number alone." };
        var output = StructuredOutput.Option();
        var command = new Command("version", "Prints the versions of this program, the control plane and every proxy.") { remote, shortly, output };
        cluster.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (stdout, stderr) =>
        {
            if (result.GetValue(shortly))
            {
                await stdout.WriteLineAsync(Own);
                return 0;
            }

            var report = new VersionReport(Own, null, null);
            var (failure, answered) = ((string?)null, true);
            if (result.GetValue(remote) && (cluster.AreGiven(result) || ClusterOptions.HasDefault()))
            {
                try
                {
                    using var mesh = await ClusterMesh.FindAsync(cluster.Connect(result), cluster.Namespace(result), ct);
                    report = await AskAsync(mesh, ct);
                }
                catch (Exception e) when (e is ProxyQueryException or KubernetesException or KubernetesConnectionException)
                {
                    // A cluster without a mesh has answered.
                    (failure, answered) = (e.Message, e is ProxyQueryException);
                }
            }

            if (!await StructuredOutput.TryWriteAsync(stdout, result.GetValue(output), report))
            {
                await WriteAsync(stdout, report);
            }

            if (failure is not null)
            {
                await stderr.WriteLineAsync(failure);
            }

            return answered ? 0 : ClusterCommand.Failed;
        }));
        return command;
    }

    /// <summary>Asks a mesh.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<VersionReport> AskAsync(ClusterMesh mesh, CancellationToken ct)
    {
        var pods = await mesh.Client.Resources(KubernetesKinds.Pods).InNamespace(mesh.Namespace).ListAllAsync(new ListOptions { LabelSelector = "app=nodemesh-control" }, ct);
        var control = pods.Items.Where(p => mesh.ControlPlanes.Contains(p.Metadata.Name!))
            .Select(p => new VersionReport.Component(p.Metadata.Name!, p.Metadata.Labels?.GetValueOrDefault("app.kubernetes.io/version", "") ?? "", null));
        var proxies = await Task.WhenAll(mesh.Nodes.Select(async node =>
        {
            try
            {
                return new VersionReport.Component(node, (await mesh.AskProxyAsync(node, "/config_dump", ct)).Text("version"), null);
            }
            catch (ProxyQueryException e)
            {
                return new VersionReport.Component(node, "", e.Message);
            }
        }));
        return new VersionReport(Own, [.. control], proxies);
    }

    private static async Task WriteAsync(TextWriter output, VersionReport report)
    {
        await output.WriteLineAsync($"client version: {report.Client}");
        await WriteAsync(output, "control plane version", "pods", report.ControlPlane);
        await WriteAsync(output, "data plane version", "proxies", report.Proxies);
    }

    private static async Task WriteAsync(TextWriter output, string title, string unit, IReadOnlyList<VersionReport.Component>? components)
    {
        foreach (var version in (components ?? []).GroupBy(c => c.Version))
        {
            var names = version.Key.Length == 0 ? $"no answer from {string.Join(", ", version.Select(c => c.Name))}" : $"{version.Key} ({version.Count()} {unit})";
            await output.WriteLineAsync($"{title}: {names}");
        }
    }
}
