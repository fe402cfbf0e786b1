namespace NodeMesh.Local.Tests.Meshes;

/// <summary>Tests that share a cluster run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
{
    public const string Name = "cluster";
}
