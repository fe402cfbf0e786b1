using System.Runtime.InteropServices;
using NodeMesh.Agent.Hosting;
using NodeMesh.Kubernetes.Configuration;

const int Failed = 1;
const int BadUsage = 2;

if (args is not ["run" or "uninstall", ..])
{
    await Console.Error.WriteLineAsync(AgentCommandLine.Usage);
    return args is ["--help"] or ["-h"] ? 0 : BadUsage;
}

try
{
    var options = AgentCommandLine.Parse(args.AsSpan(1), Environment.GetEnvironmentVariable);
    using var log = AgentLogging.Create(options);
    using var stop = new CancellationTokenSource();
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    var host = new AgentHost(options, TimeProvider.System, log);
    if (args[0] == "uninstall")
    {
        return await host.UninstallAsync(stop.Token) ? 0 : Failed;
    }

    await host.RunAsync(stop.Token);
    return 0;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
catch (Exception e) when (e is AgentOptionsException or KubeConfigException)
{
    await Console.Error.WriteLineAsync($"nodemesh-agent: {e.Message}");
    return BadUsage;
}
catch (OperationCanceledException)
{
    // Told to end while it started.
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"nodemesh-agent: {e.Message}");
    return Failed;
}
