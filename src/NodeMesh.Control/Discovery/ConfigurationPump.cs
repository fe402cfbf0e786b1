using Microsoft.Extensions.Logging;
using NodeMesh.Control.Hosting;
using NodeMesh.Control.Sources;
using NodeMesh.Discovery;

namespace NodeMesh.Control.Discovery;

/// <summary>Carries snapshots from the source to discovery.</summary>
internal sealed partial class ConfigurationPump(IMeshConfigurationSource source, MeshState state, DeltaDiscoveryServer server, ControlMetrics metrics, TimeProvider time, ILogger<ConfigurationPump> log)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly SnapshotDiff _diff = new();

    /// <summary>Runs until it is cancelled; a source that fails is asked again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var mesh in source.WatchAsync(cancellationToken))
                {
                    Take(mesh);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                LogFailed(log, e);
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }

    private void Take(Model.CompiledMesh mesh)
    {
        var started = time.GetTimestamp();
        var change = _diff.Next(mesh);

        // The CA's view first: a proxy that learns of a pod may ask for its certificate at once.
        state.Current = mesh;
        if (!server.IsReady || !change.IsEmpty)
        {
            server.Update(change);
            metrics.SnapshotPushed();
            var upserts = change.Types.Sum(t => t.Upserts.Length);
            var removals = change.Types.Sum(t => t.Removals.Length);
            var elapsed = time.GetElapsedTime(started).TotalMilliseconds;
            LogPushed(log, upserts, removals, elapsed);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "configuration: {Upserts} resources new or changed, {Removals} removed, {Milliseconds:F1} ms")]
    private static partial void LogPushed(ILogger logger, int upserts, int removals, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "the configuration source failed; the last configuration stays, and the source is asked again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
