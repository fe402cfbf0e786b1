namespace NodeMesh.Control.Tests.Cluster;

/// <summary>One API server for all tests that need one; they run one after the other.</summary>
[CollectionDefinition(nameof(ClusterFixture))]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>;
