using System.Globalization;

namespace NodeMesh.Scale;

/// <summary>How large the simulated cluster is.</summary>
internal sealed record ScaleOptions
{
    public const string Usage = """
        Usage: NodeMesh.Scale --control FILE [--nodes N] [--pods N] [--changes N] [--minutes N]

        Fills the cluster of $KUBECONFIG, an API server of its own (make bench-scale brings one up), with nodes and pods that no kubelet runs; starts the
        control plane; subscribes as the node proxy of each node; changes the readiness of one pod after another; and prints how long it takes until the
        proxies know, and what the control plane uses. First with two nodes, then with all.

          --control FILE   the program nodemesh-control
          --nodes N        nodes (100)
          --pods N         pods on each (50)
          --changes N      pods that change (200; a tenth of it with two nodes); each twice: not ready, and ready again
          --minutes N      gives up after so long (10)
        """;

    public int Nodes { get; private init; } = 100;

    public int PodsPerNode { get; private init; } = 50;

    public int Changes { get; private init; } = 200;

    public int Minutes { get; private init; } = 10;

    public string Control { get; private init; } = "";

    public static ScaleOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new ScaleOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value");
            options = args[i] switch
            {
                "--nodes" => options with { Nodes = Count(args[i], value) },
                "--pods" => options with { PodsPerNode = Count(args[i], value) },
                "--changes" => options with { Changes = Count(args[i], value) },
                "--minutes" => options with { Minutes = Count(args[i], value) },
                "--control" => options with { Control = value },
                _ => throw new ArgumentException($"{args[i]} is no option; see --help"),
            };
        }

        return File.Exists(options.Control) ? options : throw new ArgumentException($"--control: '{options.Control}' is no file; make build puts nodemesh-control into bin/");
    }

    private static int Count(string option, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 2 and <= 10_000
            ? count
            : throw new ArgumentException($"{option}: '{value}' is not a number from 2 to 10000");
}
