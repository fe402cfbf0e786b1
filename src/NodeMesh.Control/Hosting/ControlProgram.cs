using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Sources;

namespace NodeMesh.Control.Hosting;

/// <summary>The program <c>nodemesh-control</c>: exit code 0 after SIGTERM or SIGINT, 1 when it cannot run, 2 on a bad command line or configuration.</summary>
internal static class ControlProgram
{
    private const string Usage = "usage: nodemesh-control --config FILE";

    /// <summary>Runs until a signal.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="createSource">Makes the source of the mesh's configuration.</param>
    /// <param name="error">Where the one line about a failed start goes.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Func<ControlConfiguration, ILoggerFactory, IMeshConfigurationSource> createSource, TextWriter error)
    {
        if (args is not ["--config", var path])
        {
            await error.WriteLineAsync(Usage);
            return args is ["--help"] or ["-h"] ? 0 : 2;
        }

        try
        {
            var configuration = ControlConfiguration.Load(path);
            using var log = ControlLogging.Create(configuration.LogFormat, configuration.MinimumLogLevel);
            await using var host = new ControlHost(configuration, createSource(configuration, log), TimeProvider.System, log);
            await RunAsync(host);
            return 0;
        }
        catch (ControlConfigurationException e)
        {
            await error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (Exception e) when (e is Identity.CertificateAuthorityException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task RunAsync(ControlHost host)
    {
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            signalled.TrySetResult();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        await host.StartAsync(CancellationToken.None);
        await signalled.Task;
        await host.StopAsync();
    }
}
