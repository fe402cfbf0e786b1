using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using NodeMesh.Local.Client;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Pods;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local up</c>.</summary>
internal sealed class UpCommand
{
    private readonly Option<string> _name = MeshOption.Create();
    private readonly Option<string[]> _files = new("--filename", "-f") { Description = "A manifest, or a directory of them; repeatable.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _nodes = new("--nodes") { Description = "How many nodes, 1 to 50.", DefaultValueFactory = _ => 2 };
    private readonly Option<string[]> _images = new("--image") { Description = "What stands in for an image: NAME=COMMAND; repeatable." };
    private readonly Option<string[]> _labels = new("--node-label") { Description = "A label of a node: NODE:KEY=VALUE; repeatable." };
    private readonly Option<string> _capture = new("--capture") { Description = "How pods' traffic is captured.", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> _timeout = new("--timeout") { Description = "How long to wait until all is ready, such as 90s or 2m.", DefaultValueFactory = _ => "2m" };
    private readonly Option<string> _otlp = new("--otlp-endpoint") { Description = "Where spans of requests are sent: an OTLP/HTTP receiver that nodes reach, such as http://172.18.0.200:4318." };
    private readonly Option<string[]> _proxyOptions = new("--proxy-option") { Description = "A field of the proxies' configuration: KEY=VALUE; repeatable.", Hidden = true };
    private readonly Option<string[]> _controlOptions = new("--control-option") { Description = "A field of the control plane's configuration: KEY=VALUE; repeatable.", Hidden = true };
    private readonly Option<bool> _noMesh = new("--no-mesh") { Description = "Without control plane and proxies: nothing is in the mesh.", Hidden = true };

    private UpCommand()
    {
        _capture.AcceptOnlyFromAmong("ebpf", "iptables", "auto");
        WholeNumber.Require(_nodes, 1, 50);
    }

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var up = new UpCommand();
        var command = new Command("up", "Makes a mesh and returns when all of it is ready.")
        {
            up._files, up._nodes, up._images, up._labels, up._capture, up._name, up._timeout, up._otlp, up._proxyOptions, up._controlOptions, up._noMesh,
        };
        command.SetAction((result, token) => CommandErrors.CatchAsync(() => up.RunAsync(result, token)));
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var layout = MeshOption.Layout(result, _name);
        var timeout = Durations.Parse("--timeout", result.GetValue(_timeout)!);
        var settings = Settings(result, layout);
        var files = result.GetValue(_files) ?? [];
        if (CommandErrors.Read(files, "default") is not { } set)
        {
            return CommandErrors.Failed;
        }

        IReadOnlyList<string> problems = [.. ManifestChecks.Check(set.Documents, settings), .. await Preflight.CheckAsync(layout, settings, cancellationToken)];
        if (problems.Count > 0)
        {
            return CommandErrors.Say(problems);
        }

        CommandErrors.Warn(ManifestChecks.Ineffective(set.Documents));
        using var starter = new MeshStarter(layout, TimeProvider.System);
        using var client = new LocalClient(layout);
        try
        {
            starter.Start(settings, DaemonCommandLine(layout));
            await starter.WaitForDaemonAsync(client, cancellationToken);
            if (set.Documents.Length > 0)
            {
                await client.ApplyAsync(set.Documents, settings.Images, cancellationToken);
            }
        }
        catch (LocalApiException e)
        {
            // Nothing runs yet that anybody could look at: a mesh that cannot begin leaves nothing behind.
            CommandErrors.Say(e.Errors);
            await new MeshRemover(layout, TimeProvider.System).RemoveAsync(CancellationToken.None);
            return CommandErrors.Failed;
        }

        var exitCode = await WaitAsync(starter, client, timeout, cancellationToken);
        CommandErrors.Warn(await new EffectWarnings(client, TimeProvider.System).CollectAsync(set.Documents, cancellationToken));
        return exitCode;
    }

    private static async Task<int> WaitAsync(MeshStarter starter, LocalClient client, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var status = await starter.WaitReadyAsync(client, _ => { }, timeout, cancellationToken);
        StatusTables.Write(Console.Out, status);
        if (status.Ready)
        {
            return 0;
        }

        CommandErrors.Say(status.Missing.Prepend(string.Create(CultureInfo.InvariantCulture, $"not ready after {timeout.TotalSeconds:0} s; the mesh stays up to be looked at (nodemesh local down --name {status.Mesh}):")));
        return CommandErrors.Failed;
    }

    private MeshSettings Settings(ParseResult result, MeshLayout layout)
    {
        var bin = Environment.GetEnvironmentVariable("NODEMESH_BIN") ?? AppContext.BaseDirectory;
        var bins = Path.GetFullPath(bin).TrimEnd('/');
        return new MeshSettings
        {
            Name = layout.Name.Value,
            Nodes = result.GetValue(_nodes),
            NodeLabels = NodeLabels(result.GetValue(_labels) ?? [], result.GetValue(_nodes)),
            Images = ImageCommands.Parse(result.GetValue(_images) ?? []).Commands,
            Capture = result.GetValue(_capture)!,
            WithMesh = !result.GetValue(_noMesh),
            Binaries = bins,
            SearchPath = $"{bins}/samples:{bins}:{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin",
            UpstreamDns = HostResolvers.Read("/etc/resolv.conf"),
            OtlpEndpoint = Collector(result.GetValue(_otlp)),
            ProxyOptions = Pairs("--proxy-option", result.GetValue(_proxyOptions) ?? []),
            ControlOptions = Pairs("--control-option", result.GetValue(_controlOptions) ?? []),
        };
    }

    private static string? Collector(string? text) =>
        text is null || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? text
            : throw new FormatException($"--otlp-endpoint '{text}': write an http or https URL, such as http://172.18.0.200:4318");

    private static ImmutableDictionary<string, string> Pairs(string option, IEnumerable<string> texts) =>
        texts.Select(t => t.Split('=', 2) is [{ Length: > 0 } key, var value] ? KeyValuePair.Create(key, value) : throw new FormatException($"{option} '{t}': write KEY=VALUE"))
            .ToImmutableDictionary();

    private static ImmutableDictionary<string, ImmutableDictionary<string, string>> NodeLabels(IEnumerable<string> texts, int nodes)
    {
        var labels = ImmutableDictionary.CreateBuilder<string, ImmutableDictionary<string, string>>();
        foreach (var text in texts)
        {
            if (text.Split(':', 2) is not [var node, var pair] || pair.Split('=', 2) is not [{ Length: > 0 } key, var value])
            {
                throw new FormatException($"--node-label '{text}': write NODE:KEY=VALUE, such as node-1:disk=ssd");
            }

            if (!Enumerable.Range(1, nodes).Any(n => node == string.Create(CultureInfo.InvariantCulture, $"node-{n}")))
            {
                throw new FormatException($"--node-label '{text}': there is no {node}, the nodes are node-1 to node-{nodes}");
            }

            labels[node] = labels.GetValueOrDefault(node, ImmutableDictionary<string, string>.Empty).SetItem(key, value);
        }

        return labels.ToImmutable();
    }

    // Run as `dotnet nodemesh.dll`, this process's program is dotnet itself.
    private static IReadOnlyList<string> DaemonCommandLine(MeshLayout layout)
    {
        var program = Environment.ProcessPath!;
        IReadOnlyList<string> self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0]] : [program];
        return [.. self, "local", DaemonCommand.Name, "--name", layout.Name.Value];
    }
}
