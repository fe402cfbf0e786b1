using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace NodeMesh.Control.Hosting;

/// <summary>Makes the program's logger: one line per event on standard output.</summary>
internal static class ControlLogging
{
    public static ILoggerFactory Create(LogFormat format, LogLevel level) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(level);

        // The web server's own lines are of use only when somebody looks for them.
        builder.AddFilter("Microsoft", level <= LogLevel.Debug ? level : LogLevel.Warning);
        if (format == LogFormat.Json)
        {
            builder.AddJsonConsole(o =>
            {
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
            return;
        }

        builder.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.UseUtcTimestamp = true;
            o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            o.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    });
}
