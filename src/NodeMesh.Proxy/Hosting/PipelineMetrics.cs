using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;

namespace NodeMesh.Proxy.Hosting;

/// <summary>Passes what the pipeline sees to the metrics, which exist only once there is state to show.</summary>
/// <param name="observation">Has the metrics.</param>
internal sealed class PipelineMetrics(Observation observation) : IPipelineObserver
{
    /// <inheritdoc/>
    public void ConnectRetried() => observation.Metrics?.ConnectRetried();

    /// <inheritdoc/>
    public void PodStarted() => observation.Metrics?.PodStarted();

    /// <inheritdoc/>
    public void PodStopped() => observation.Metrics?.PodStopped();

    /// <inheritdoc/>
    public void DiscoveryMessage(string typeUrl) => observation.Metrics?.DiscoveryMessage(typeUrl);
}
