using NodeMesh.Model.Routing;

namespace NodeMesh.Resources.Explanation;

/// <summary>Where requests go.</summary>
/// <param name="Service">The Service's name.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Port">Its port.</param>
/// <param name="Weight">Its share, relative to the others'.</param>
public sealed record ExplainBackend(string Service, string Namespace, int Port, int Weight)
{
    /// <summary>The subset of its endpoints; null for all of them.</summary>
    public string? Subset { get; init; }

    /// <summary>The request as this backend gets it, where filters of its own make it another than the others'; else null.</summary>
    public ExplainForwarded? Forwarded { get; init; }

    /// <summary>What changes in responses from this backend, where that is another than the others'; else null.</summary>
    public HeaderChanges? ResponseHeaders { get; init; }
}
