using System.Diagnostics;
using NodeMesh.Local.Daemon;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Client;

/// <summary>Brings a mesh up: makes its directory, starts its daemon apart from this process, and waits.</summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="time">The clock.</param>
public sealed class MeshStarter(MeshLayout layout, TimeProvider time) : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private Process? _daemon;

    /// <summary>Makes the directory and starts the daemon.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="daemonCommand">The program, with arguments, that runs <see cref="LocalDaemon"/> for this mesh.</param>
    public void Start(MeshSettings settings, IReadOnlyList<string> daemonCommand)
    {
        Directory.CreateDirectory(layout.State, OwnerOnly);
        var directories = Enumerable.Range(1, settings.Nodes).Select(n => layout.Enrollment($"node-{n}"))
            .Concat([layout.Applied, layout.Runtime, layout.Status, layout.CertificateAuthority, layout.Logs, layout.Pods, Path.GetDirectoryName(layout.Token("node"))!]);
        foreach (var directory in directories)
        {
            Directory.CreateDirectory(directory, OwnerOnly);
        }

        settings.Write(layout.Settings);
        var group = MeshGroups.Of(layout.Name).Child("daemon");
        group.Create();

        // A session of its own: closing this terminal ends this process, not the mesh.
        const string join = "echo $$ > \"$1\" && log=\"$2\" && shift 2 && exec setsid -- \"$@\" < /dev/null >> \"$log\" 2>&1";
        var start = new ProcessStartInfo("/bin/sh", ["-c", join, "sh", group.JoinFile, Log, .. daemonCommand]) { WorkingDirectory = "/" };
        _daemon = Process.Start(start)!;
    }

    /// <summary>Waits until the daemon answers.</summary>
    /// <param name="client">Talks to it.</param>
    /// <param name="cancellationToken">Time is up.</param>
    /// <exception cref="LocalApiException">The daemon ended.</exception>
    public async Task WaitForDaemonAsync(LocalClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await client.StatusAsync(cancellationToken);
                return;
            }
            catch (LocalApiException) when (Runs)
            {
                await Task.Delay(Poll, time, cancellationToken);
            }
            catch (LocalApiException e)
            {
                throw new LocalApiException($"the daemon ended: {LastLines()}", e);
            }
        }
    }

    /// <summary>Waits until nothing is missing.</summary>
    /// <param name="client">Talks to the daemon.</param>
    /// <param name="progress">Told what is missing, whenever that changes.</param>
    /// <param name="timeout">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The last status: ready, or with what was missing when time was up.</returns>
    public async Task<MeshStatus> WaitReadyAsync(LocalClient client, Action<MeshStatus> progress, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var status = await client.StatusAsync(cancellationToken);
            progress(status);
            if (status.Ready || time.GetElapsedTime(began) >= timeout)
            {
                return status;
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>Lets go of the daemon, which goes on.</summary>
    public void Dispose() => _daemon?.Dispose();

    // Both are asked: a process takes its time to join its group on a busy machine, and setsid may go on in a child.
    private bool Runs => _daemon is { HasExited: false } || MeshGroups.Of(layout.Name).Child("daemon").Processes().Count > 0;

    private string Log => Path.Combine(layout.Logs, "daemon.log");

    private string LastLines() => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(10)) : "it left no log";
}
