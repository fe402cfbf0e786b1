namespace NodeMesh.EndToEnd;

/// <summary>The tests of requests share one mesh, one class after the other.</summary>
[CollectionDefinition(Name)]
public sealed class HttpMeshCollection : ICollectionFixture<HttpMesh>
{
    public const string Name = "requests";
}
