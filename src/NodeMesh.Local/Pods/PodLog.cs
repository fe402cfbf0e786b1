using Microsoft.Extensions.Logging;

namespace NodeMesh.Local.Pods;

/// <summary>What is logged of pods.</summary>
/// <param name="log">The log.</param>
internal sealed partial class PodLog(ILogger<PodLog> log)
{
    /// <summary>A container is killed by its probe.</summary>
    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Pod}: container {Container} is restarted: {Problem}")]
    public partial void ContainerKilled(Pod pod, string container, string problem);

    /// <summary>A hook failed.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Pod}: container {Container}: hook: {Problem}")]
    public partial void HookFailed(Pod pod, string container, string problem);

    /// <summary>A step of a pod's life failed and is tried again.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Pod}: {Problem}")]
    public partial void StepFailed(Pod pod, string problem);

    /// <summary>A pod's task ended by a bug.</summary>
    [LoggerMessage(Level = LogLevel.Error, Message = "pod {Pod} failed")]
    public partial void Failed(Exception exception, Pod pod);

    /// <summary>A pod runs.</summary>
    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Pod} is placed on {Node} with {Address}")]
    public partial void Placed(Pod pod, string node, System.Net.IPAddress address);

    /// <summary>A pod is gone.</summary>
    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Pod} is removed")]
    public partial void Removed(Pod pod);
}
