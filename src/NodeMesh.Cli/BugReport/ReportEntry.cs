namespace NodeMesh.Cli.BugReport;

/// <summary>One file of a report.</summary>
/// <param name="Path">Its path in the archive.</param>
/// <param name="What">What it is, for <c>--dry-run</c>.</param>
/// <param name="ReadAsync">Collects it.</param>
internal sealed record ReportEntry(string Path, string What, Func<CancellationToken, Task<string>> ReadAsync);
