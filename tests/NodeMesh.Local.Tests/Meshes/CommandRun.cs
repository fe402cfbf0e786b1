namespace NodeMesh.Local.Tests.Meshes;

/// <summary>How a command ended.</summary>
internal sealed record CommandRun(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>The output of a command that had to succeed.</summary>
    public string Expect()
    {
        Assert.True(ExitCode == 0, $"`{Command}` ended with {ExitCode}\n{Output}\n{Error}");
        return Output;
    }
}
