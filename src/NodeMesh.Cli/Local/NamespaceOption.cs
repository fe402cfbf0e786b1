using System.CommandLine;

namespace NodeMesh.Cli.Local;

/// <summary>The option <c>-n</c>.</summary>
internal static class NamespaceOption
{
    /// <summary>Makes the option; each command has its own.</summary>
    public static Option<string> Create() => new("--namespace", "-n") { Description = "The namespace.", DefaultValueFactory = _ => "default" };
}
