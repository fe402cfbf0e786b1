using Microsoft.Extensions.Logging;
using NodeMesh.Agent.Enrollment;
using NodeMesh.Agent.Hosting;
using NodeMesh.Agent.Probes;
using NodeMesh.Capture;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Agent.Installation;

/// <summary>
/// Leaves nothing behind: first the plugin, so that pods start without it; then the enrolments, which the proxy answers by letting pods go in order while it runs; then, by
/// force, what it has not let go; then what agent and proxy have for themselves.
/// </summary>
/// <param name="options">The agent's options.</param>
/// <param name="files">The enrolments.</param>
/// <param name="installer">The plugin.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class Uninstaller(AgentOptions options, EnrollmentFiles files, CniInstaller installer, TimeProvider time, ILogger<Uninstaller> log)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>A proxy that runs lets idle pods go within a second; one that is told to end at the same moment does not at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Cleans up; goes on where one thing fails.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>True when nothing is left.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        var clean = options.InstallCni ? await TryAsync(() =>
        {
            installer.Uninstall();
            return Task.CompletedTask;
        }) : true;
        var namespaces = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (uid, enrollment) in files.ReadAll())
        {
            if (enrollment is not null)
            {
                namespaces[uid] = enrollment.NetworkNamespace;
            }

            files.Remove(uid);
        }

        foreach (var uid in files.Unreleased())
        {
            if (files.FindStatus(uid)?.NetworkNamespace is { } path)
            {
                namespaces.TryAdd(uid, path);
            }
        }

        await WaitReleasedAsync(ct);
        foreach (var (uid, path) in namespaces)
        {
            clean &= await TryAsync(() => RemoveAsync(path, ct));
            files.RemoveStatus(uid);
        }

        clean &= await TryAsync(() =>
        {
            CaptureRemoval.RemovePins(options.CaptureName ?? options.Node);
            return Task.CompletedTask;
        });
        clean &= !options.ProbeRules || await TryAsync(() => ProbeRules.RemoveAsync(ct));
        clean &= await TryAsync(() =>
        {
            File.Delete(options.Socket);
            Directory.Delete(options.EnrollmentDirectory, recursive: true);
            return Task.CompletedTask;
        });
        LogDone(clean ? "nothing is left" : "not everything could be removed");
        return clean;
    }

    private async Task WaitReleasedAsync(CancellationToken ct)
    {
        var began = time.GetTimestamp();
        while (files.Unreleased().Count > 0 && time.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(Poll, time, ct);
        }
    }

    private static async Task RemoveAsync(string path, CancellationToken ct)
    {
        if (!File.Exists(path))
        {
            // Gone with everything in it.
            return;
        }

        using var home = NetworkNamespace.OpenCurrent();
        using var ns = NetworkNamespace.Open(path);
        if (ns.Id != home.Id)
        {
            await CaptureRemoval.RemoveAsync(ns, ct);
        }
    }

    private async Task<bool> TryAsync(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CaptureException or NetworkNamespaceException)
        {
            LogFailed(e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "uninstall: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "uninstalled: {Result}")]
    private partial void LogDone(string result);
}
