namespace NodeMesh.Capture;

/// <summary>Looks for command-line tools where the system would.</summary>
internal static class ToolPath
{
    /// <summary>Tells whether a tool is there.</summary>
    /// <param name="tool">Its name.</param>
    internal static bool Has(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(d => d.Length > 0 && File.Exists(Path.Combine(d, tool)));
}
