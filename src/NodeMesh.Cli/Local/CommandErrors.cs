using NodeMesh.Linux.Tools;
using NodeMesh.Local.Client;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Cli.Local;

/// <summary>Turns expected failures into lines on standard error and an exit code.</summary>
internal static class CommandErrors
{
    /// <summary>Exit code for anything that went wrong.</summary>
    public const int Failed = 1;

    /// <summary>Runs a command.</summary>
    /// <param name="command">The command.</param>
    /// <returns>Its exit code, or <see cref="Failed"/>.</returns>
    public static async Task<int> CatchAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (LocalApiException e)
        {
            return Say(e.Errors);
        }
        catch (Exception e) when (e is ToolException or IOException or UnauthorizedAccessException or FormatException)
        {
            return Say([e.Message]);
        }
    }

    /// <summary>Says what is wrong.</summary>
    /// <param name="errors">One line each.</param>
    /// <returns><see cref="Failed"/>.</returns>
    public static int Say(IEnumerable<string> errors)
    {
        foreach (var error in errors)
        {
            Console.Error.WriteLine($"error: {error}");
        }

        return Failed;
    }

    /// <summary>Says what is worth a look.</summary>
    /// <param name="warnings">One line each.</param>
    public static void Warn(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            Console.Error.WriteLine($"warning: {warning}");
        }
    }

    /// <summary>Reads manifests and prints what is found wrong with them.</summary>
    /// <param name="paths">Files and directories.</param>
    /// <param name="ns">The namespace of resources that name none.</param>
    /// <returns>The manifests; null when there is an error.</returns>
    public static ManifestSet? Read(IReadOnlyCollection<string> paths, string ns)
    {
        var set = ManifestReader.ReadPaths(paths, ns);
        foreach (var finding in set.Findings.Where(f => f.Level is FindingLevel.Error or FindingLevel.Warning))
        {
            Console.Error.WriteLine(finding);
        }

        return set.HasErrors ? null : set;
    }
}
