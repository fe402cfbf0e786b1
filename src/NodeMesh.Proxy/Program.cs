using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Processes;
using NodeMesh.Metrics.Logging;
using NodeMesh.Proxy.Hosting;

const int BadConfiguration = 2;

if (args is ["--probe-capture", "ebpf"])
{
    return await CaptureProbe.RunAsync(Console.Out);
}

if (args is not (["--config", _] or ["--in-cluster"] or ["--in-cluster", "--config", _]))
{
    await Console.Error.WriteLineAsync("usage: nodemesh-proxy --config FILE\n       nodemesh-proxy --in-cluster [--config FILE]\n       nodemesh-proxy --probe-capture ebpf");
    return BadConfiguration;
}

ResidentMemory.LimitArenas(Environment.ProcessorCount);
try
{
    var configuration = args[0] == "--config" ? ProxyConfigurationFile.Load(args[1]) : ProxyConfigurationFile.LoadOnCluster(args.ElementAtOrDefault(2));
    _ = LogLevels.TryParse(configuration.LogLevel, out var level);
    var levels = new LogLevels(level);
    using var log = LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(LogLevel.Trace).AddFilter((_, category, l) => levels.IsEnabled(category, l));
        _ = configuration.LogFormat == "json"
            ? logging.AddJsonConsole(options => options.TimestampFormat = "O")
            : logging.AddSimpleConsole(options => (options.SingleLine, options.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ "));
    });
    using var stop = new CancellationTokenSource();
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    await new ProxyHost(configuration, levels, TimeProvider.System, log).RunAsync(stop.Token);
    return 0;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
catch (ProxyConfigurationException e)
{
    await Console.Error.WriteLineAsync($"nodemesh-proxy: {e.Message}");
    return BadConfiguration;
}
