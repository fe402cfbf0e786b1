namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Half-closes and resets on legs: the same is asked of them.</summary>
[Collection(LegCollection.Name)]
public sealed class LegEndTests(LegFixture fixture) : EndTests(fixture);
