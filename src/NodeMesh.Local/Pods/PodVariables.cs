using System.Collections.Immutable;
using System.Runtime.InteropServices;
using NodeMesh.Local.Layout;

namespace NodeMesh.Local.Pods;

/// <summary>Environment variables of every container.</summary>
internal static class PodVariables
{
    /// <summary>Makes them.</summary>
    /// <param name="settings">What was asked for.</param>
    public static ImmutableDictionary<string, string> Common(MeshSettings settings) => new Dictionary<string, string>
    {
        ["PATH"] = settings.SearchPath,
        ["HOME"] = "/root",
        ["LANG"] = "C.UTF-8",
        ["DOTNET_ROOT"] = DotnetRoot(),
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
    }.ToImmutableDictionary();

    // .../dotnet/shared/Microsoft.NETCore.App/10.0.x/ → .../dotnet, so that programs made for .NET find it wherever it is installed.
    private static string DotnetRoot() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
