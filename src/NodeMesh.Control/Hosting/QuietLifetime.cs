using Microsoft.Extensions.Hosting;

namespace NodeMesh.Control.Hosting;

/// <summary>Leaves signals to the program: several hosts of one process must not each react to SIGTERM.</summary>
internal sealed class QuietLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
