using System.Globalization;
using Spectre.Console;

namespace NodeMesh.Cli.Demo;

/// <summary>Shows the demo to people.</summary>
/// <param name="console">Where.</param>
internal sealed class ConsoleObserver(IAnsiConsole console) : IDemoObserver
{
    private const int PlainWidth = 120;

    private int _steps;

    /// <summary>Makes one for standard output: colours on a terminal, plain lines that nothing wraps elsewhere.</summary>
    public static ConsoleObserver ForOutput()
    {
        if (!Console.IsOutputRedirected)
        {
            return new ConsoleObserver(AnsiConsole.Console);
        }

        var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        plain.Profile.Width = PlainWidth;
        return new ConsoleObserver(plain);
    }

    /// <inheritdoc/>
    public void Step(string title) => console.MarkupLineInterpolated($"\n[bold]{++_steps}. {title}[/]");

    /// <inheritdoc/>
    public void Calls(IReadOnlyList<CallReport> calls)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("source", "destination", "nodes", "encrypted", "verdict");
        table.AddColumn(new TableColumn("latency").RightAligned());
        foreach (var call in calls)
        {
            table.AddRow(
                Markup.Escape(call.Source),
                Markup.Escape(call.Destination),
                call.Node == call.SourceNode ? call.Node : $"{call.SourceNode} → {(call.Node.Length == 0 ? "?" : call.Node)}",
                Encrypted(call),
                Verdict(call),
                string.Create(CultureInfo.InvariantCulture, $"{call.LatencyMilliseconds:0.0} ms"));
        }

        console.Write(table);
    }

    /// <inheritdoc/>
    public void Wire(WireReport wire)
    {
        Line(wire.ControlSeen, "a call between two unmeshed pods can be read on the wire", "the capture missed a call between two unmeshed pods: it proves nothing");
        Line(!wire.PlaintextSeen, "not one byte of the meshed call's payload can be", "the meshed call's payload can be read on the wire");
        Line(wire.TunnelBytes > 0, string.Create(CultureInfo.InvariantCulture, $"{wire.TunnelBytes} encrypted bytes passed on port 15008 instead ({wire.Packets} packets seen)"), "no byte passed on port 15008");
    }

    /// <inheritdoc/>
    public void Trouble(string message) => console.MarkupLineInterpolated($"[red]{message}[/]");

    /// <inheritdoc/>
    public void Done(DemoReport report)
    {
        console.WriteLine();
        foreach (var failure in report.Failures)
        {
            console.MarkupLineInterpolated($"[red]✗ {failure}[/]");
        }

        console.MarkupLine(report.Failures.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"[green]All as expected[/], in {report.Seconds:0} s.")
            : string.Create(CultureInfo.InvariantCulture, $"[red]{report.Failures.Count} expectations did not hold[/], after {report.Seconds:0} s."));
        if (report.Kept is { } name)
        {
            console.WriteLine("The mesh is still up. Look at it with");
            console.WriteLine($"  nodemesh local status --name {name}");
            console.WriteLine($"  nodemesh proxy-status --mesh {name}");
            console.WriteLine($"  nodemesh proxy-config all node-1 --mesh {name}");
            console.WriteLine($"and remove it with\n  nodemesh local down --name {name}");
        }
    }

    private static string Encrypted(CallReport call) => call.Security switch
    {
        "mutual_tls" => "[green]mutual TLS[/]",
        "same_node" => "[grey]no: stays on the node[/]",
        "plaintext" => "[red]no[/]",
        _ => "[red]not logged[/]",
    };

    private static string Verdict(CallReport call) => call.Allowed
        ? call.Status is >= 200 and < 300 ? "[green]allowed[/]" : string.Create(CultureInfo.InvariantCulture, $"[red]allowed, HTTP {call.Status}[/]")
        : $"[yellow]refused[/] {Markup.Escape(call.Policy is null ? call.Reason ?? "" : $"by policy {call.Policy}")}";

    private void Line(bool good, string yes, string no)
    {
        if (good)
        {
            console.MarkupLineInterpolated($"  [green]✓[/] {yes}");
        }
        else
        {
            console.MarkupLineInterpolated($"  [red]✗[/] {no}");
        }
    }
}
