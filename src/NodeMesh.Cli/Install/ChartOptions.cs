using System.CommandLine;
using NodeMesh.Charts;
using NodeMesh.Charts.Values;

namespace NodeMesh.Cli.Install;

/// <summary>The options that choose what is installed.</summary>
internal sealed class ChartOptions
{
    private readonly Option<string?> _profile = new("--profile", "-p") { Description = "default (unless another was installed), minimal, demo or strict." };
    private readonly Option<string[]> _values = new("--values", "-f") { Description = "A file of values, as Helm takes them; repeatable." };
    private readonly Option<string[]> _set = new("--set") { Description = "One value, such as proxy.capture=ebpf; repeatable, and goes over files." };
    private readonly Option<string?> _charts = new("--charts", "-d") { Description = "A chart's directory, instead of the chart that this program carries." };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Add(_profile);
        command.Add(_values);
        command.Add(_set);
        command.Add(_charts);
    }

    /// <summary>Reads chart and values.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="earlier">What the mesh was installed with, to lie beneath; null for nothing.</param>
    /// <returns>Chart, values, and what they are made of.</returns>
    /// <exception cref="ChartException">The chart or a value is wrong.</exception>
    public (Chart Chart, ChartValues Values, ReleaseRecord Record) Read(ParseResult result, ReleaseRecord? earlier = null)
    {
        var chart = new Chart(result.GetValue(_charts) is { } directory ? ChartFiles.Read(directory) : ChartFiles.Own);
        List<ValuesLayer> layers =
            [.. earlier?.ToLayers() ?? [], .. (result.GetValue(_values) ?? []).Select(ReadFile), .. (result.GetValue(_set) ?? []).Select(ValuesLayer.Set)];
        var profile = result.GetValue(_profile) ?? earlier?.Profile ?? "default";
        return (chart, chart.Values(profile, layers), ReleaseRecord.Of(profile, layers));
    }

    private static ValuesLayer ReadFile(string path)
    {
        try
        {
            return ValuesLayer.File(path, path == "-" ? Console.In.ReadToEnd() : File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ChartException($"--values {path}: {e.Message}", e);
        }
    }
}
