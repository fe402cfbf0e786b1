using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using NodeMesh.Metrics.Logging;

namespace NodeMesh.Control.Hosting;

/// <summary>Makes the program's logger: one line per event on standard output.</summary>
internal static class ControlLogging
{
    public static ILoggerFactory Create(LogFormat format, LogLevels levels) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Trace).AddFilter((_, category, level) => levels.IsEnabled(category, level));
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
