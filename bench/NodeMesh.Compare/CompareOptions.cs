using System.Globalization;
using NodeMesh.Compare.Measuring;
using NodeMesh.Compare.Rows;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare;

/// <summary>What a run measures.</summary>
internal sealed record CompareOptions
{
    public const string Usage = """
        NodeMesh.Compare [--quick] [--rows R,...] [--metrics M,...] [--rounds N] [--seconds S] [--capture auto|ebpf|iptables] [--up-option O]...
                         [--nodemesh PATH] [--output DIRECTORY]

          --quick     the metrics that targets are set for, without the proxies of requests, in under 3 minutes; what else is said wins
          --rows      direct, haproxy, nginx, nodemesh, nodemesh-kernel, direct-2, haproxy-mtls-2, nginx-mtls-2, nodemesh-2;
                      as proxies of requests: haproxy-l7, nginx-l7, nodemesh-l7, haproxy-l7-mtls-2, nginx-l7-mtls-2, nodemesh-l7-2;
                      unless asked for not: nodemesh-tcp, nodemesh-tcp-2
          --metrics   rps1, rps32, rps256, h2rps1, h2rps32, h2rps256, newconns, gbps1, gbps8, latency, halfload, rss
          --rounds    how often each row is measured, in turns (3)
          --seconds   how long each load runs (2; quick: 1)
          --capture   how the mesh captures (auto)
          --up-option a further option of `nodemesh local up` for every mesh, such as --up-option=--timeout=3m
          --nodemesh  the program to measure (bin/nodemesh of this tree)
          --output    where latest.json and latest.svg go (bench/results of this tree)
        """;

    public IReadOnlyList<string> Rows { get; init; } = RowNames.Usual;

    public IReadOnlyList<string> Metrics { get; init; } = MetricNames.All;

    public int Rounds { get; init; } = 3;

    public double Seconds { get; init; } = 2;

    public string Capture { get; init; } = "auto";

    public IReadOnlyList<string> UpOptions { get; init; } = [];

    public string NodeMesh { get; init; } = Path.Combine(SourceTree, "bin", "nodemesh");

    public string Output { get; init; } = Path.Combine(SourceTree, "bench", "results");

    private static string SourceTree
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "NodeMesh.sln")))
            {
                directory = directory.Parent;
            }

            return directory?.FullName ?? Environment.CurrentDirectory;
        }
    }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="CompareException">Something in it is unknown.</exception>
    public static CompareOptions Parse(IEnumerable<string> arguments)
    {
        // "--name=value" is the same as "--name value", and "--up-option" takes what looks like an option as its value.
        var words = new Queue<string>(arguments);
        var options = new CompareOptions();
        var upOptions = new List<string>();
        while (words.TryDequeue(out var word))
        {
            var (name, value) = Split(word);
            options = name switch
            {
                "--quick" => options with { Rows = RowNames.Quick, Metrics = MetricNames.Quick, Rounds = 3, Seconds = 1 },
                "--rows" => options with { Rows = Choose(name, Value(), RowNames.All) },
                "--metrics" => options with { Metrics = Choose(name, Value(), MetricNames.All) },
                "--rounds" => options with { Rounds = (int)Positive(name, Value(), 100) },
                "--seconds" => options with { Seconds = Positive(name, Value(), 60) },
                "--capture" => options with { Capture = Value() },
                "--up-option" => Add(Value()),
                "--nodemesh" => options with { NodeMesh = Path.GetFullPath(Value()) },
                "--output" => options with { Output = Path.GetFullPath(Value()) },
                _ => throw new CompareException($"unknown option {word}\n{Usage}"),
            };

            string Value() => value ?? (words.TryDequeue(out var next) ? next : throw new CompareException($"{name} needs a value\n{Usage}"));

            CompareOptions Add(string option)
            {
                upOptions.Add(option);
                return options;
            }
        }

        return options with
        {
            // Of the rows without a proxy, half load is what the proxies of requests are compared with.
            Metrics = options.Rows.Any(RowNames.SeesRequests) ? options.Metrics : [.. options.Metrics.Where(metric => metric != MetricNames.HalfLoad)],
            UpOptions = upOptions,
        };
    }

    private static (string Name, string? Value) Split(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }

    private static List<string> Choose(string option, string text, IReadOnlyList<string> known)
    {
        var asked = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var unknown = asked.FirstOrDefault(name => !known.Contains(name));
        return unknown is null && asked.Length > 0
            ? [.. known.Where(asked.Contains)]
            : throw new CompareException($"{option}: '{unknown}' is none of {string.Join(", ", known)}");
    }

    private static double Positive(string option, string text, double most) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most
            ? number
            : throw new CompareException($"{option}: '{text}' is no number above 0 and up to {most.ToString(CultureInfo.InvariantCulture)}");
}
