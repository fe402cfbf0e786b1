using NodeMesh.Model;

namespace NodeMesh.Control.Sources;

/// <summary>Where the mesh's configuration comes from: a directory of manifests, or a cluster.</summary>
public interface IMeshConfigurationSource
{
    /// <summary>
    /// Yields the current configuration as soon as it is known in full, and then a whole new snapshot after each change. A reader that is slow may
    /// miss snapshots in between but never the last one. Broken resources are left out and reported in their status; they never end the sequence.
    /// </summary>
    /// <param name="cancellationToken">Ends the sequence.</param>
    /// <returns>Snapshots, the first of them complete.</returns>
    IAsyncEnumerable<CompiledMesh> WatchAsync(CancellationToken cancellationToken);
}
