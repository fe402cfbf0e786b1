namespace NodeMesh.Agent.Tests.Fixtures;

/// <summary>Tests that share the API server.</summary>
[CollectionDefinition(Name)]
public sealed class AgentCollection : ICollectionFixture<AgentCluster>
{
    public const string Name = "api";
}
