namespace NodeMesh.Resources.Kinds;

/// <summary>The resource that a policy applies to (Istio).</summary>
public sealed record PolicyTargetReference
{
    /// <summary>API group; empty for core.</summary>
    public string? Group { get; init; }

    /// <summary>Kind: Gateway, GatewayClass, Service or ServiceEntry.</summary>
    public required string Kind { get; init; }

    /// <summary>The target's name.</summary>
    public required string Name { get; init; }

    /// <summary>Namespace; the policy's own.</summary>
    public string? Namespace { get; init; }
}
