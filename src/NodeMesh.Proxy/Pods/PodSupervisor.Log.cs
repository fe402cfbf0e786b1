using Microsoft.Extensions.Logging;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Pods;

/// <content>What it logs.</content>
internal sealed partial class PodSupervisor
{
    [LoggerMessage(Level = LogLevel.Error, Message = "the enrolment directory {Directory} cannot be watched; trying again in {Pause}")]
    private partial void LogWatchFailed(Exception exception, string directory, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Information, Message = "captured pod {Namespace}/{Name} as {Identity}")]
    private partial void LogCaptured(string @namespace, string name, SpiffeId identity);

    [LoggerMessage(Level = LogLevel.Information, Message = "released pod {Namespace}/{Name}")]
    private partial void LogReleased(string @namespace, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Name} is not captured: {Error}; trying again in {Pause}")]
    private partial void LogNotCaptured(string @namespace, string name, string error, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Name} was not released: {Error}")]
    private partial void LogNotReleased(string @namespace, string name, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "enrolment {Uid} is refused: {Error}")]
    private partial void LogRefused(string uid, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the answer to enrolment {Uid} was not written: {Error}")]
    private partial void LogNotAnswered(string uid, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Directory} has enrolments that cannot be read: pods that left the mesh while no proxy was there stay closed; mend or remove them and restart the proxy")]
    private partial void LogIncomplete(string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}; restart the proxy to try again")]
    private partial void LogNotForgotten(string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "serving pod {Namespace}/{Name} failed by a fault of the proxy; it stays closed, trying again in {Pause}")]
    private partial void LogFault(Exception exception, string @namespace, string name, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Error, Message = "pod {Namespace}/{Name} was not ended cleanly, by a fault of the proxy")]
    private partial void LogFailed(Exception exception, string @namespace, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "somebody removed rules from pod {Namespace}/{Name}; they are back, and until now its traffic may have passed in the clear")]
    private partial void LogRepaired(string @namespace, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private partial void LogNotRepaired(string problem);
}
