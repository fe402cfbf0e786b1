using System.CommandLine;
using NodeMesh.Local.Layout;

namespace NodeMesh.Cli.Local;

/// <summary>The option <c>--name</c>, and the files that it leads to.</summary>
internal static class MeshOption
{
    /// <summary>Makes the option; each command has its own.</summary>
    public static Option<string> Create()
    {
        var option = new Option<string>("--name", "--mesh") { Description = "The mesh's name.", DefaultValueFactory = _ => MeshName.Default };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && !MeshName.TryParse(name, out _))
            {
                result.AddError($"--name '{name}': use {MeshName.Grammar}");
            }
        });
        return option;
    }

    /// <summary>The mesh's files.</summary>
    /// <param name="result">What was written.</param>
    /// <param name="option">The option.</param>
    public static MeshLayout Layout(ParseResult result, Option<string> option) => new(MeshName.Parse(result.GetValue(option)!));
}
