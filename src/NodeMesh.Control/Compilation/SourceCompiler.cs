using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Compilation;

/// <summary>Compiles what a source has read, and logs each finding when it is new. Used by one thread at a time.</summary>
internal sealed partial class SourceCompiler(
    Func<IReadOnlyCollection<ManifestDocument>, ImmutableArray<Finding>, CompiledConfiguration> compile, TimeProvider time, ILogger log)
{
    private HashSet<string> _reported = [];
    private volatile SourceDocuments? _last;

    /// <summary>What was compiled last; null before anything was. May be read by any thread.</summary>
    public SourceDocuments? Last => _last;

    /// <summary>Compiles. Whatever goes wrong with one set of resources must not end a source: proxies keep the last mesh that could be compiled.</summary>
    /// <param name="read">Reads the documents, and what is wrong with them.</param>
    /// <returns>The result; null when it failed.</returns>
    public CompiledConfiguration? Compile(Func<(IReadOnlyCollection<ManifestDocument> Documents, ImmutableArray<Finding> Findings)> read)
    {
        var started = time.GetTimestamp();
        try
        {
            var (documents, findings) = read();
            var result = compile(documents, findings);
            _last = new SourceDocuments(documents, findings);
            Report(result.Findings);
            LogCompiled(log, documents.Count, result.Mesh.Workloads.Count, result.Mesh.Policies.Count, time.GetElapsedTime(started).TotalMilliseconds);
            return result;
        }
        catch (Exception error)
        {
            LogCompileFailed(log, error);
            return null;
        }
    }

    private void Report(IEnumerable<Finding> findings)
    {
        var now = new HashSet<string>(StringComparer.Ordinal);
        foreach (var finding in findings)
        {
            var text = finding.ToString();
            if (now.Add(text) && !_reported.Contains(text))
            {
                var level = finding.Level switch { FindingLevel.Error => LogLevel.Error, FindingLevel.Warning => LogLevel.Warning, _ => LogLevel.Information };
                LogFinding(log, level, text);
            }
        }

        _reported = now;
    }

    [LoggerMessage(Message = "manifest: {Finding}")]
    private static partial void LogFinding(ILogger log, LogLevel level, string finding);

    [LoggerMessage(LogLevel.Debug, "compiled {Resources} resources to {Workloads} workloads, {Policies} policies in {Milliseconds:F1} ms")]
    private static partial void LogCompiled(ILogger log, int resources, int workloads, int policies, double milliseconds);

    [LoggerMessage(LogLevel.Critical, "compiling the configuration failed; the last configuration stays in effect")]
    private static partial void LogCompileFailed(ILogger log, Exception error);
}
