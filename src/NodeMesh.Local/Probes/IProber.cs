using NodeMesh.Local.Pods;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Probes;

/// <summary>Asks a container once whether it is well.</summary>
internal interface IProber
{
    /// <summary>Probes.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="probe">What to do; its own time-out is the caller's to keep.</param>
    /// <param name="cancellationToken">Time is up.</param>
    /// <returns>Null when all is well; otherwise what is wrong.</returns>
    Task<string?> ProbeAsync(Pod pod, Container container, Probe probe, CancellationToken cancellationToken);
}
