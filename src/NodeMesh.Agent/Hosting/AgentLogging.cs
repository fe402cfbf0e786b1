using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace NodeMesh.Agent.Hosting;

/// <summary>Makes the program's log: one line per event on standard output.</summary>
internal static class AgentLogging
{
    /// <summary>Makes it.</summary>
    /// <param name="options">Level and format.</param>
    /// <returns>The log.</returns>
    public static ILoggerFactory Create(AgentOptions options) => LoggerFactory.Create(builder =>
    {
        var level = options.LogLevel switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => LogLevel.Information,
        };

        // The web server's own lines are of use only when somebody looks for them.
        builder.SetMinimumLevel(level).AddFilter("Microsoft", level < LogLevel.Debug ? level : LogLevel.Warning);
        _ = options.LogFormat == "json"
            ? builder.AddJsonConsole(o => (o.UseUtcTimestamp, o.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"))
            : builder.AddSimpleConsole(o => (o.SingleLine, o.UseUtcTimestamp, o.ColorBehavior, o.TimestampFormat) = (true, true, LoggerColorBehavior.Disabled, "yyyy-MM-ddTHH:mm:ss.fffZ "));
    });
}
