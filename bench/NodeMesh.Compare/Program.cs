using System.Runtime.InteropServices;
using NodeMesh.Compare;
using NodeMesh.Compare.Load;
using NodeMesh.Compare.Running;
using NodeMesh.Compare.Soaking;

if (args is ["load", .. var load])
{
    return LoadProgram.Run(load);
}

if (args is ["--help" or "-h"])
{
    Console.WriteLine(CompareOptions.Usage);
    Console.WriteLine();
    Console.WriteLine(SoakOptions.Usage);
    return 0;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    if (args is ["soak", .. var soak])
    {
        await new Soak(SoakOptions.Parse(soak), TimeProvider.System, Console.Out).RunAsync(stop.Token);
        return 0;
    }

    await using var comparison = new Comparison(CompareOptions.Parse(args), TimeProvider.System, Console.Out);
    await comparison.RunAsync(stop.Token);
    return 0;
}
catch (CompareException exception)
{
    Console.Error.WriteLine($"error: {exception.Message}");
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("stopped; everything was removed");
    return 130;
}

void Stop(PosixSignalContext context)
{
    // The run removes what it made before it ends.
    context.Cancel = true;
    stop.Cancel();
}
