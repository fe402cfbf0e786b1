using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Control.Sources;

/// <summary>Gathers which manifest files changed, by the kernel's notifications.</summary>
internal sealed class ManifestWatcher : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly HashSet<string> _dirty = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _all;

    /// <summary>Begins to watch.</summary>
    /// <param name="roots">Directories, which are made when missing, and files.</param>
    /// <exception cref="IOException">A directory cannot be made or watched.</exception>
    public ManifestWatcher(ImmutableArray<string> roots)
    {
        foreach (var root in roots)
        {
            var isFile = File.Exists(root);
            var directory = isFile ? Path.GetDirectoryName(Path.GetFullPath(root))! : root;
            Directory.CreateDirectory(directory);
            var watcher = new FileSystemWatcher(directory)
            {
                IncludeSubdirectories = !isFile,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Created += (_, e) => Mark(isFile, root, e.FullPath);
            watcher.Changed += (_, e) => Mark(isFile, root, e.FullPath);
            watcher.Deleted += (_, e) => Mark(isFile, root, e.FullPath);
            watcher.Renamed += (_, e) =>
            {
                Mark(isFile, root, e.OldFullPath);
                Mark(isFile, root, e.FullPath);
            };
            watcher.Error += (_, _) => MarkAll();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
    }

    /// <summary>Completes once something changed that was not taken yet.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Takes what changed.</summary>
    /// <returns>The files; null when everything has to be looked at.</returns>
    public IReadOnlyCollection<string>? Take()
    {
        lock (_gate)
        {
            var files = _all ? null : _dirty.ToList();
            _all = false;
            _dirty.Clear();
            if (_changed.Task.IsCompleted)
            {
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return files;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var watcher in _watchers)
        {
            watcher.Dispose();
        }
    }

    private void Mark(bool isFile, string root, string path)
    {
        if (isFile && Path.GetFullPath(root) != path)
        {
            return;
        }

        // A directory that comes or goes takes files along for which there may be no notification of their own.
        if (!isFile && Path.GetExtension(path).Length == 0)
        {
            MarkAll();
            return;
        }

        if (ManifestReader.IsManifestFile(path))
        {
            lock (_gate)
            {
                _dirty.Add(isFile ? root : path);
                _changed.TrySetResult();
            }
        }
    }

    private void MarkAll()
    {
        lock (_gate)
        {
            _all = true;
            _changed.TrySetResult();
        }
    }
}
