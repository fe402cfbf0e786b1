using System.Collections.Immutable;
using System.Text.Json;

namespace NodeMesh.Local.Pods;

/// <summary>A running container, as <c>exec</c> needs it.</summary>
/// <param name="ProcessId">Its program's process.</param>
/// <param name="ControlGroup">Its control group's directory; a process that is not in it is somebody else with the same id.</param>
/// <param name="WorkingDirectory">Its working directory.</param>
/// <param name="Environment">Its environment.</param>
public sealed record ContainerHandle(int ProcessId, string ControlGroup, string WorkingDirectory, ImmutableDictionary<string, string> Environment)
{
    /// <summary>Reads a handle.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The handle, or null when the container does not run.</returns>
    public static ContainerHandle? Read(string path)
    {
        try
        {
            var handle = JsonSerializer.Deserialize<ContainerHandle>(File.ReadAllText(path));
            return handle is not null && new Tools.ControlGroup(handle.ControlGroup).Contains(handle.ProcessId) ? handle : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Puts a process into the container's control group, so that it ends with the container.</summary>
    /// <param name="processId">The process.</param>
    /// <exception cref="IOException">The container is gone.</exception>
    public void Join(int processId) =>
        File.WriteAllText(new Tools.ControlGroup(ControlGroup).JoinFile, processId.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The arguments of <c>nsenter</c> that run a command in the container.</summary>
    /// <param name="command">The command.</param>
    public IReadOnlyList<string> EnterArguments(IEnumerable<string> command) =>
    [
        $"--target={ProcessId}", "--net", "--mount", "--uts", $"--wdns={WorkingDirectory}", "--",
        "env", "-i", "--", .. Environment.Select(e => $"{e.Key}={e.Value}"), .. command,
    ];
}
