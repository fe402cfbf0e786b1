using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Pods;

/// <summary>One run of a container's program.</summary>
internal sealed class ContainerProcess : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(15);
    private readonly Process _process;
    private readonly string _marker;
    private readonly string _handle;

    private ContainerProcess(Process process, ControlGroup group, string marker, string handle) =>
        (_process, Group, _marker, _handle) = (process, group, marker, handle);

    /// <summary>The control group that it and all its children are in.</summary>
    public ControlGroup Group { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Its exit code; 128 plus the signal when it was killed. Valid once <see cref="WaitAsync"/> is done.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a container.</summary>
    /// <param name="layout">The mesh's files.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container's name.</param>
    /// <param name="launch">What to start.</param>
    /// <param name="group">The container's control group; made here.</param>
    public static ContainerProcess Start(MeshLayout layout, Pod pod, string container, ContainerLaunch launch, ControlGroup group)
    {
        var paths = new PodPaths(layout, pod.Uid);
        var scratch = paths.Scratch(container);
        Directory.CreateDirectory(scratch);
        group.Create();
        File.Delete(paths.Marker(container));
        File.WriteAllText(paths.Script(container), ContainerScript.Build(launch, HostMounts.Read(layout.Root), scratch, layout.Root, paths.Marker(container)));
        if (File.Exists(paths.Log(container)))
        {
            File.Move(paths.Log(container), paths.PreviousLog(container), overwrite: true);
        }

        // The shell joins the group before anything else runs, so no process of the container is ever outside of it.
        const string join = "echo $$ > \"$1\" && exec nsenter --net=\"$2\" -- unshare --mount --uts -- /bin/sh \"$3\" < /dev/null >> \"$4\" 2>&1";
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", join, "sh", group.JoinFile, MeshLayout.NamespacePath(layout.Name.PodNamespace(pod.Uid)), paths.Script(container), paths.Log(container)]);
        var process = Process.Start(start)!;
        var handle = new ContainerHandle(process.Id, group.Path, launch.WorkingDirectory, launch.Environment.ToImmutableDictionary());
        File.WriteAllText(paths.Handle(container), JsonSerializer.Serialize(handle));
        return new ContainerProcess(process, group, paths.Marker(container), paths.Handle(container));
    }

    /// <summary>Waits until the program itself runs, its file system in place.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when it ended before.</returns>
    public async Task<bool> WaitStartedAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        while (!(File.Exists(_marker) && new FileInfo(_marker).Length > 0))
        {
            if (_process.HasExited)
            {
                return false;
            }

            await Task.Delay(Poll, time, cancellationToken);
        }

        return true;
    }

    /// <summary>Waits until the program ended.</summary>
    /// <param name="cancellationToken">Gives up waiting; the program goes on.</param>
    public Task WaitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Asks the program to end, and kills it with all its children after the grace period.</summary>
    /// <param name="grace">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops waiting and kills at once.</param>
    public async Task StopAsync(TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!_process.HasExited && grace > TimeSpan.Zero)
        {
            NativeProcess.Signal(_process.Id, NativeProcess.SignalTerminate);
            using var limit = new CancellationTokenSource(grace, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await _process.WaitForExitAsync(both.Token);
            }
            catch (OperationCanceledException)
            {
                // Its time is over: what follows kills it.
            }
        }

        Group.Kill();
    }

    /// <summary>Kills what the program left behind and removes the control group.</summary>
    /// <param name="time">The clock.</param>
    public async Task EndAsync(TimeProvider time)
    {
        File.Delete(_handle);
        await Group.RemoveAsync(time, CancellationToken.None);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
