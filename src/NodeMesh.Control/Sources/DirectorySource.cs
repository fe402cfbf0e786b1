using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Compilation;
using NodeMesh.Control.Status;
using NodeMesh.Model;
using NodeMesh.Resources.Explanation;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Sources;

/// <summary>Compiles directories of manifests, again after every change, and writes what became of each resource.</summary>
public sealed partial class DirectorySource : IMeshConfigurationSource, IObservableSource
{
    private readonly DirectorySourceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ManifestDirectory _directory;
    private readonly SourceCompiler _compiler;
    private readonly StatusWriter? _status;

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
        _compiler = new SourceCompiler(compile, time, log);
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

    /// <inheritdoc/>
    string? IObservableSource.Obstacle => null;

    /// <inheritdoc/>
    IReadOnlyList<string> IObservableSource.Troubles => [];

    /// <inheritdoc/>
    MeshExplainer? IObservableSource.CreateExplainer() => _compiler.Last?.Explain(_options.Mesh);

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

    private CompiledMesh? Compile()
    {
        var result = _compiler.Compile(() =>
        {
            var duplicates = new List<Finding>();
            var documents = _directory.Documents(duplicates);
            return (documents, [.. _directory.Findings, .. duplicates]);
        });
        try
        {
            if (result is not null)
            {
                _status?.Write(result.Statuses);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogStatusFailed(_log, error);
        }

        return result?.Mesh;
    }

    [LoggerMessage(LogLevel.Error, "the manifests cannot be read; the last configuration stays in effect")]
    private static partial void LogScanFailed(ILogger log, Exception error);

    [LoggerMessage(LogLevel.Error, "the status of resources cannot be written; check the status directory's permissions and space")]
    private static partial void LogStatusFailed(ILogger log, Exception error);
}
