using NodeMesh.Charts;
using NodeMesh.Charts.Values;

namespace NodeMesh.Cli.Install;

/// <summary>What to install, and how.</summary>
/// <param name="Chart">The chart.</param>
/// <param name="Values">Its values.</param>
/// <param name="Namespace">The mesh's namespace.</param>
internal sealed record InstallRequest(Chart Chart, ChartValues Values, string Namespace)
{
    /// <summary>What the values are made of, to be kept for upgrades; null: nothing is kept.</summary>
    public ReleaseRecord? Record { get; init; }

    /// <summary>Checks on the server, and changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Waits until everything is ready.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>How long to wait for each part.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Leaves definitions of kinds alone.</summary>
    public bool SkipDefinitions { get; init; }
}
