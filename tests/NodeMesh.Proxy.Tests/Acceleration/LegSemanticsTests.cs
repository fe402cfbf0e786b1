namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>What applications may do on legs: the same is asked of them.</summary>
[Collection(LegCollection.Name)]
public sealed class LegSemanticsTests(LegFixture fixture) : SemanticsTests(fixture);
