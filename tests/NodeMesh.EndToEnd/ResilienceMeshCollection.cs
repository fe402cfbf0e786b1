namespace NodeMesh.EndToEnd;

/// <summary>The tests of what happens between a client and endpoints that fail share one mesh, one class after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ResilienceMeshCollection : ICollectionFixture<ResilienceMesh>
{
    public const string Name = "resilience";
}
