using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>
/// What a node's agent tells the node proxy about a pod that joins the mesh. Written as one JSON file per pod, named <c>UID.json</c>, into the
/// proxy's enrolment directory; the proxy captures the pod and then writes <c>UID.status</c> (<see cref="PodEnrollmentStatus"/>) beside it.
/// Deleting the file releases the pod. The proxy's own identity for the pod comes from here, not from discovery.
/// </summary>
public sealed record PodEnrollment
{
    /// <summary>The pod's UID: a new pod of the same name has another.</summary>
    public required string Uid { get; init; }

    /// <summary>The pod's name.</summary>
    public required string Name { get; init; }

    /// <summary>The pod's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The pod's service account.</summary>
    public required string ServiceAccount { get; init; }

    /// <summary>A path that opens the pod's network namespace, such as <c>/run/netns/NAME</c>.</summary>
    public required string NetworkNamespace { get; init; }

    /// <summary>The pod's addresses, as text.</summary>
    public required ImmutableArray<string> Addresses { get; init; }

    /// <summary>The pod's annotations: exclusions from capture are read from here.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The addresses, parsed.</summary>
    /// <returns>One address per entry.</returns>
    /// <exception cref="FormatException">An entry is not an IP address.</exception>
    public ImmutableArray<IPAddress> ParseAddresses() => [.. Addresses.Select(a => IPAddress.Parse(a))];
}
