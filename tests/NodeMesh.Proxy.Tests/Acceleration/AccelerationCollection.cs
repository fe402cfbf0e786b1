namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Tests that share one mesh; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class AccelerationCollection : ICollectionFixture<AccelerationFixture>
{
    public const string Name = "in-kernel forwarding";
}
