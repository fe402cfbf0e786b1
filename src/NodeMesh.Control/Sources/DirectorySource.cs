using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Compilation;
using NodeMesh.Control.Status;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Sources;

/// <summary>Compiles directories of manifests, again after every change, and writes what became of each resource.</summary>
public sealed partial class DirectorySource : IMeshConfigurationSource
{
    private readonly DirectorySourceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ManifestDirectory _directory;
    private readonly Func<IReadOnlyCollection<ManifestDocument>, ImmutableArray<Finding>, CompiledConfiguration> _compile;
    private readonly StatusWriter? _status;
    private HashSet<string> _reported = [];

    /// <summary>Makes a source; it reads nothing before <see cref="WatchAsync"/>.</summary>
    /// <param name="options">Where it reads and writes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Takes what is wrong with manifests.</param>
    public DirectorySource(DirectorySourceOptions options, TimeProvider time, ILogger<DirectorySource> log)
        : this(options, new MeshCompiler((options ?? throw new ArgumentNullException(nameof(options))).Mesh).Compile, time, log)
    {
    }

    internal DirectorySource(
        DirectorySourceOptions options,
        Func<IReadOnlyCollection<ManifestDocument>, ImmutableArray<Finding>, CompiledConfiguration> compile,
        TimeProvider time,
        ILogger<DirectorySource> log)
    {
        _options = options;
        _time = time;
        _log = log;
        _directory = new ManifestDirectory(options.Manifests);
        _compile = compile;
        _status = options.StatusDirectory is { } directory ? new StatusWriter(directory, time) : null;
    }

    /// <inheritdoc/>
    /// <remarks>To be called once.</remarks>
    /// <exception cref="IOException">A directory cannot be made or watched.</exception>
    public async IAsyncEnumerable<CompiledMesh> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watcher = new ManifestWatcher(_options.Manifests);
        using var rescan = new PeriodicTimer(_options.Rescan, _time);
        _directory.ScanAll();

        // Nothing is yielded before something was compiled: proxies that come back after a restart would take an empty mesh for the removal of everything.
        var current = Compile();
        if (current is not null)
        {
            yield return current;
        }

        var tick = rescan.WaitForNextTickAsync(cancellationToken).AsTask();
        while (true)
        {
            var changed = watcher.Changed;
            await Task.WhenAny(changed, tick).WaitAsync(cancellationToken);
            var files = (IReadOnlyCollection<string>?)null;
            if (changed.IsCompleted)
            {
                await Task.Delay(_options.Debounce, _time, cancellationToken);
                files = watcher.Take();
            }

            if (tick.IsCompleted)
            {
                files = null;
                tick = rescan.WaitForNextTickAsync(cancellationToken).AsTask();
            }

            if (!Scan(files) && current is not null)
            {
                continue;
            }

            if (Compile() is { } next && !ReferenceEquals(next, current))
            {
                current = next;
                yield return current;
            }
        }
    }

    private bool Scan(IReadOnlyCollection<string>? files)
    {
        try
        {
            if (files is null)
            {
                return _directory.ScanAll();
            }

            var changed = false;
            foreach (var file in files)
            {
                changed |= _directory.Scan(file);
            }

            return changed;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogScanFailed(_log, error);
            return false;
        }
    }

    // Whatever goes wrong with one set of manifests must not end the sequence: proxies keep the last mesh that could be compiled.
    private CompiledMesh? Compile()
    {
        var started = _time.GetTimestamp();
        CompiledConfiguration result;
        try
        {
            var duplicates = new List<Finding>();
            var documents = _directory.Documents(duplicates);
            result = _compile(documents, [.. _directory.Findings, .. duplicates]);
            Report(result.Findings);
            LogCompiled(_log, _directory.FileCount, documents.Count, result.Mesh.Workloads.Count, result.Mesh.Policies.Count, _time.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception error)
        {
            LogCompileFailed(_log, error);
            return null;
        }

        try
        {
            _status?.Write(result.Statuses);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogStatusFailed(_log, error);
        }

        return result.Mesh;
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
                LogFinding(_log, level, text);
            }
        }

        _reported = now;
    }

    [LoggerMessage(Message = "manifest: {Finding}")]
    private static partial void LogFinding(ILogger log, LogLevel level, string finding);

    [LoggerMessage(LogLevel.Debug, "compiled {Files} files, {Resources} resources to {Workloads} workloads, {Policies} policies in {Milliseconds:F1} ms")]
    private static partial void LogCompiled(ILogger log, int files, int resources, int workloads, int policies, double milliseconds);

    [LoggerMessage(LogLevel.Error, "the manifests cannot be read; the last configuration stays in effect")]
    private static partial void LogScanFailed(ILogger log, Exception error);

    [LoggerMessage(LogLevel.Error, "the status of resources cannot be written; check the status directory's permissions and space")]
    private static partial void LogStatusFailed(ILogger log, Exception error);

    [LoggerMessage(LogLevel.Critical, "compiling the manifests failed; the last configuration stays in effect")]
    private static partial void LogCompileFailed(ILogger log, Exception error);
}
