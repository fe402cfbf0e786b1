namespace NodeMesh.EndToEnd;

/// <summary>What a command printed, and how it ended.</summary>
internal sealed record CommandResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>The output, where the command must have ended with 0.</summary>
    public string Expect(int exitCode = 0)
    {
        Assert.True(ExitCode == exitCode, $"`{Command}` ended with {ExitCode}, not {exitCode}\n{Output}\n{Error}");
        return Output.Trim();
    }
}
