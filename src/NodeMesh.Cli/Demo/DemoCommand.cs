using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodeMesh.Local.Layout;

namespace NodeMesh.Cli.Demo;

/// <summary><c>nodemesh demo</c>. Exit codes: 0 everything was as expected, 1 something was not.</summary>
internal static class DemoCommand
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = new Option<string>("--name") { Description = "The name of the demo's mesh.", DefaultValueFactory = _ => "demo" };
        name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !MeshName.TryParse(text, out _))
            {
                result.AddError($"--name '{text}': use {MeshName.Grammar}");
            }
        });
        var json = new Option<bool>("--json") { Description = "Prints one JSON object and nothing else." };
        var keep = new Option<bool>("--keep") { Description = "Leaves the mesh up." };
        var capture = new Option<string>("--capture") { Description = "How pods' traffic is captured.", DefaultValueFactory = _ => "auto" };
        capture.AcceptOnlyFromAmong("ebpf", "iptables", "auto");
        var samples = new Option<string>("--samples") { Description = "The shop's manifest, where it is not the one that comes with the program." };
        var command = new Command("demo", "Runs a small shop on two nodes and shows who calls whom, encrypted or not, a policy that refuses, and the wire between the nodes.") { name, json, keep, capture, samples };
        command.SetAction((result, cancellationToken) => RunAsync(
            new DemoOptions(result.GetRequiredValue(name), result.GetValue(json), result.GetValue(keep), result.GetRequiredValue(capture), result.GetValue(samples)), result, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DemoOptions options, ParseResult result, CancellationToken cancellationToken)
    {
        IDemoObserver observer = options.Json ? new SilentObserver() : ConsoleObserver.ForOutput();
        var stderr = result.InvocationConfiguration.Error;
        try
        {
            var report = await new DemoRun(options, observer, TimeProvider.System).RunAsync(cancellationToken);
            observer.Done(report);
            if (options.Json)
            {
                await result.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(report, Json));
            }

            return report.Failures.Count == 0 ? 0 : 1;
        }
        catch (DemoException e)
        {
            await stderr.WriteLineAsync($"error: {e.Message}");
            return 1;
        }
    }
}
