using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Proxy.Pods;

namespace NodeMesh.Proxy.Admin;

/// <summary>An enrolled pod in the dump.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Identity">Its identity.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="NetworkNamespace">What opens its network namespace.</param>
/// <param name="State">How far its capture is.</param>
/// <param name="Error">Why the last capture failed; null when it did not.</param>
/// <param name="Connections">Connections open for it.</param>
/// <param name="Known">True when discovery knows its workload: without it the pod's traffic is refused.</param>
internal sealed record PodView(
    string Uid, string Namespace, string Name, SpiffeId Identity, ImmutableArray<IPAddress> Addresses, string NetworkNamespace, PodState State, string? Error, int Connections, bool Known)
{
    /// <summary>Makes the view.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="model">The model.</param>
    public static PodView Of(PodRuntime pod, MeshModel model) => new(
        pod.Pod.Uid, pod.Pod.Namespace, pod.Pod.Name, pod.Identity, pod.Addresses, pod.Pod.NetworkNamespace, pod.State, pod.Error, pod.Connections, pod.FindWorkload(model) is not null);
}
