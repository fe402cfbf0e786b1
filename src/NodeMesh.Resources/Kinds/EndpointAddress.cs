namespace NodeMesh.Resources.Kinds;

/// <summary>An address of an Endpoints object.</summary>
public sealed record EndpointAddress
{
    /// <summary>The address.</summary>
    public required string Ip { get; init; }

    /// <summary>A host name under the service.</summary>
    public string? Hostname { get; init; }

    /// <summary>Its node.</summary>
    public string? NodeName { get; init; }

    /// <summary>The pod behind it.</summary>
    public TargetReference? TargetRef { get; init; }
}
