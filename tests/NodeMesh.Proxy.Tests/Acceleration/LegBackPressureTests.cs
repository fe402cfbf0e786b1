namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Back-pressure on legs: the same is asked of them.</summary>
[Collection(LegCollection.Name)]
public sealed class LegBackPressureTests(LegFixture fixture) : BackPressureTests(fixture);
