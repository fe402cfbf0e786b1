using System.Globalization;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Soaking;

/// <summary>How long a soak runs, and with what.</summary>
internal sealed record SoakOptions
{
    public const string Usage = """
        NodeMesh.Compare soak [--minutes M] [--capture auto|ebpf|iptables] [--nodemesh PATH]

          Mixed load on a mesh of two nodes whose routes change twice a second: HTTP/1.1 and HTTP/2, kept and new connections, on one node and across two.
          Prints the proxies' resident memory every 30 s, and at the end by how much it grew per minute in the second half.
        """;

    public double Minutes { get; init; } = 10;

    public CompareOptions Compare { get; init; } = new();

    /// <summary>Reads a command line.</summary>
    /// <exception cref="CompareException">Something in it is unknown.</exception>
    public static SoakOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SoakOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : throw new CompareException($"{arguments[i]} needs a value\n{Usage}");
            options = arguments[i] switch
            {
                "--minutes" => options with
                {
                    Minutes = double.TryParse(value, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= 600
                        ? minutes
                        : throw new CompareException($"--minutes: '{value}' is no number above 0 and up to 600"),
                },
                "--capture" => options with { Compare = options.Compare with { Capture = value } },
                "--nodemesh" => options with { Compare = options.Compare with { NodeMesh = Path.GetFullPath(value) } },
                _ => throw new CompareException($"unknown option {arguments[i]}\n{Usage}"),
            };
        }

        return options;
    }
}
