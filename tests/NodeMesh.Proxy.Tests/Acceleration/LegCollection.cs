namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Tests of legs share one mesh; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class LegCollection : ICollectionFixture<LegFixture>
{
    public const string Name = "in-kernel legs";
}
