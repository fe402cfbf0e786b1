namespace NodeMesh.Resources.Kinds;

/// <summary>Readiness of an endpoint.</summary>
public sealed record EndpointConditions
{
    /// <summary>Ready; true when missing.</summary>
    public bool? Ready { get; init; }

    /// <summary>Ready, whether terminating or not.</summary>
    public bool? Serving { get; init; }

    /// <summary>Being deleted.</summary>
    public bool? Terminating { get; init; }
}
