using System.CommandLine;
using System.Globalization;
using NodeMesh.Local.Client;
using NodeMesh.Local.Daemon;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local restart</c>.</summary>
internal sealed class RestartCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly Option<string> _name = MeshOption.Create();
    private readonly Argument<string> _component = new("component") { Description = "node-1-proxy, control-plane, …" };
    private readonly Option<string> _timeout = new("--timeout") { Description = "How long to wait until it is ready again, such as 90s or 2m.", DefaultValueFactory = _ => "1m" };

    private RestartCommand()
    {
    }

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var restart = new RestartCommand();
        var command = new Command("restart", "Restarts a process of the mesh, a node's proxy or the control plane, and returns when it is ready again.")
        {
            restart._component, restart._name, restart._timeout,
        };
        command.SetAction((result, token) => CommandErrors.CatchAsync(() => restart.RunAsync(result, token)));
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var component = result.GetValue(_component)!;
        var timeout = Durations.Parse("--timeout", result.GetValue(_timeout)!);
        using var client = new LocalClient(MeshOption.Layout(result, _name));
        var before = Find(await client.StatusAsync(cancellationToken), component)?.ProcessId;
        var outcome = await client.RestartAsync(component, cancellationToken);
        using var limit = new CancellationTokenSource(timeout);
        while (await ProblemAsync(client, component, before, cancellationToken) is { } problem)
        {
            if (limit.IsCancellationRequested)
            {
                return CommandErrors.Say([string.Create(CultureInfo.InvariantCulture, $"{component} is not ready {timeout.TotalSeconds:0} s after its restart: {problem}")]);
            }

            await Task.Delay(Poll, cancellationToken);
        }

        ApplyCommand.Write([outcome]);
        return 0;
    }

    private static async Task<string?> ProblemAsync(LocalClient client, string component, int? before, CancellationToken cancellationToken) =>
        Find(await client.StatusAsync(cancellationToken), component) switch
        {
            null => "it is gone",
            { ProcessId: null } found => found.Problem ?? "it does not run",
            { ProcessId: var id } when id == before => "it has not ended yet: it waits for its open connections",
            { Ready: false } found => found.Problem ?? "it starts",
            _ => null,
        };

    private static ComponentStatus? Find(MeshStatus status, string component) =>
        status.Nodes.Select(n => n.Proxy).Append(status.ControlPlane).FirstOrDefault(c => c?.Name == component);
}
