namespace NodeMesh.Local.Tools;

/// <summary>What a finished tool left.</summary>
/// <param name="ExitCode">Its exit code; 128 plus the signal when it was killed.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error);
