using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Control.Status;

/// <summary>Is told what became of resources.</summary>
internal interface IStatusSink
{
    /// <summary>Takes all statuses; returns at once, whatever is then done with them.</summary>
    /// <param name="statuses">The statuses.</param>
    void Take(ImmutableDictionary<ResourceOrigin, ResourceStatus> statuses);
}
