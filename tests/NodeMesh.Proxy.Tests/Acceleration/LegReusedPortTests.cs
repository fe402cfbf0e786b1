namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Translated ports on legs: the same is asked of them.</summary>
[Collection(LegCollection.Name)]
public sealed class LegReusedPortTests(LegFixture fixture) : ReusedPortTests(fixture);
