using NodeMesh.Local.Cluster;
using NodeMesh.Local.Pods;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Controllers;

/// <summary>What controllers do with pods.</summary>
internal interface IPodOwner
{
    /// <summary>All pods, also those that are going.</summary>
    IReadOnlyCollection<Pod> Pods { get; }

    /// <summary>The nodes.</summary>
    IReadOnlyList<ClusterNode> Nodes { get; }

    /// <summary>Places and starts a pod; one for which there is no node or address stays wanted.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="siblings">The pods of the same controller.</param>
    void Create(PodResource pod, IReadOnlyCollection<Pod> siblings);

    /// <summary>Begins a pod's end.</summary>
    /// <param name="pod">The pod.</param>
    void Delete(Pod pod);
}
