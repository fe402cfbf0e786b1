using System.CommandLine;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Output;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Describe;

/// <summary><c>nodemesh describe</c>: what applies to a pod, a service, a route or a policy. Exit codes: 0 described, 1 there is none or the mesh does not answer, 2 wrong usage.</summary>
internal static class DescribeCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("describe", "Says what applies to a pod, a service, a route or a policy, and what became of it.")
    {
        Create("pod", "po", "Capture, identity, certificate, services, policies by effect, routes, and what analyze warns of.", (p, ns, name) => One(PodDescriber.Describe(p, ns, name))),
        Create("service", "svc", "Addresses, ports, endpoints, routes, policies, and what analyze warns of.", (p, ns, name) => One(ServiceDescriber.Describe(p, ns, name))),
        Create("route", null, $"A {string.Join(", ", ResourceDescriber.Routes)}: parents, services, status, and who has it.", (p, ns, name) => ResourceDescriber.Describe(p, ResourceDescriber.Routes, ns, name)),
        Create("policy", null, $"A {string.Join(", ", ResourceDescriber.Policies)}: whom it is for, status, and who has it.", (p, ns, name) => ResourceDescriber.Describe(p, ResourceDescriber.Policies, ns, name)),
    };

    private static IReadOnlyList<Description> One(Description? description) => description is null ? [] : [description];

    private static Command Create(string word, string? alias, string description, Func<MeshPicture, string, string, IReadOnlyList<Description>> describe)
    {
        var name = new Argument<string>("NAME") { Description = "NAME, or NAME.NAMESPACE." };
        var ns = new Option<string?>("--namespace", "-n") { Description = "The namespace; the context's when neither names one." };
        var output = StructuredOutput.Option();
        var mesh = new MeshOptions();
        var command = new Command(word, description) { name, ns, output };
        if (alias is not null)
        {
            command.Aliases.Add(alias);
        }

        mesh.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (stdout, stderr) =>
        {
            using var found = await mesh.OpenAsync(result, ct);
            var (wanted, inside) = Split(result.GetRequiredValue(name), result.GetValue(ns), found.DefaultNamespace);
            var picture = await MeshPicture.TakeAsync(found, ct);
            var descriptions = describe(picture, inside, wanted);
            foreach (var silent in picture.Silent)
            {
                await stderr.WriteLineAsync(silent);
            }

            if (descriptions.Count == 0)
            {
                throw new ProxyQueryException($"{found.Title} has no {word} {inside}/{wanted}");
            }

            if (!await StructuredOutput.TryWriteAsync(stdout, result.GetValue(output), descriptions))
            {
                await stdout.WriteAsync(string.Join('\n', descriptions));
            }

            return 0;
        }));
        return command;
    }

    /// <summary>Parts a name from its namespace. Names of pods and services have no dots; those of other kinds may, so that only <c>-n</c> makes them clear.</summary>
    private static (string Name, string Namespace) Split(string text, string? ns, string otherwise)
    {
        var dot = text.LastIndexOf('.');
        return ns is not null || dot <= 0 || dot == text.Length - 1 ? (text, ns ?? otherwise) : (text[..dot], text[(dot + 1)..]);
    }
}
