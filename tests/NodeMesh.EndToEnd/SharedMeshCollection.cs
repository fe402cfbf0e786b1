namespace NodeMesh.EndToEnd;

[CollectionDefinition(Name)]
public sealed class SharedMeshCollection : ICollectionFixture<SharedMesh>
{
    public const string Name = "shared mesh";
}
