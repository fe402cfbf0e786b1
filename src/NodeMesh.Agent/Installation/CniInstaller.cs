using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Agent.Installation;

/// <summary>Keeps the plugin installed: network plugins rewrite their configuration when they are upgraded, and another one may come first by name.</summary>
/// <param name="program">The plugin's program.</param>
/// <param name="configurations">The host's configurations.</param>
/// <param name="directory">Their directory, to be watched.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class CniInstaller(PluginProgram program, CniDirectory configurations, string directory, TimeProvider time, ILogger<CniInstaller> log)
{
    /// <summary>The longest that a change may go unseen: watchers lose events, and a directory that is mounted anew has none.</summary>
    private static readonly TimeSpan Rescan = TimeSpan.FromSeconds(10);

    private bool _isBlind;
    private volatile string? _problem = "the CNI plugin is not installed yet";

    /// <summary>Why the plugin is not installed; null when it is.</summary>
    public string? Problem => _problem;

    /// <summary>Installs, and repairs, until told to stop.</summary>
    /// <param name="ct">Stops; what is installed stays.</param>
    /// <returns>When it has stopped.</returns>
    public async Task RunAsync(CancellationToken ct)
    {
        var signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        await using var timer = time.CreateTimer(_ => signals.Writer.TryWrite(true), null, Rescan, Rescan);
        FileSystemWatcher? watcher = null;
        try
        {
            signals.Writer.TryWrite(true);
            await foreach (var _ in signals.Reader.ReadAllAsync(ct))
            {
                Install();
                watcher ??= Watch(() => signals.Writer.TryWrite(true));
            }
        }
        finally
        {
            watcher?.Dispose();
        }
    }

    /// <summary>Removes everything.</summary>
    /// <exception cref="IOException">Something cannot be removed.</exception>
    public void Uninstall()
    {
        // The configuration first: a runtime that finds the name and not the program starts no pod at all.
        foreach (var line in configurations.Uninstall())
        {
            LogDone(line);
        }

        program.Uninstall();
    }

    private void Install()
    {
        try
        {
            if (program.Install())
            {
                LogDone("nodemesh-cni is in the host's directory of plugins");
            }

            foreach (var line in configurations.Install())
            {
                LogDone(line);
            }

            _problem = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CniConfigurationException)
        {
            if (_problem != e.Message)
            {
                LogNotInstalled(e.Message);
            }

            _problem = e.Message;
        }
    }

    private FileSystemWatcher? Watch(Action changed)
    {
        if (!Directory.Exists(directory))
        {
            return null;
        }

        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(directory) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite };
            watcher.Created += (_, _) => changed();
            watcher.Changed += (_, _) => changed();
            watcher.Deleted += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            // No inotify instance is left on the node (inotify(7): fs.inotify.max_user_instances), or the directory has just gone. Without the agent no pod would start at all.
            watcher?.Dispose();
            if (!_isBlind)
            {
                _isBlind = true;
                LogBlind(directory, Rescan, e.Message);
            }

            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "CNI: {What}")]
    private partial void LogDone(string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "CNI: {Directory} cannot be watched and is read every {Period} instead: {Reason}")]
    private partial void LogBlind(string directory, TimeSpan period, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "CNI: the plugin is not installed: {Reason}")]
    private partial void LogNotInstalled(string reason);
}
